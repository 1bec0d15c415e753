/** Version of the package, written in by the build. */
declare const SELFHEAL_VERSION: string;

export const version: string = typeof SELFHEAL_VERSION === 'string' ? SELFHEAL_VERSION : '0.0.0';
