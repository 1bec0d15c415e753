/** Stub until the live texts are written. */ export const messages: Readonly<Record<string, string>> = {};
