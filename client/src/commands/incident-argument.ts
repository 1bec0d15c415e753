/** Incident ids as commands get them: from the tree as a row's id, from elsewhere as they are. */

/** Prefix of an incident's row in the tree. */
export const incidentPrefix = 'incident:';

/** The incident a command is about; undefined when its argument names none. */
export function incidentOf(argument: unknown): string | undefined {
  if (typeof argument !== 'string' || argument === '') return undefined;
  return argument.startsWith(incidentPrefix) ? argument.slice(incidentPrefix.length) : argument;
}
