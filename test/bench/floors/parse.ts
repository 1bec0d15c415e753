/** Floor of linting a folder: reads and parses every file. */
import { parseAllDocuments } from 'yaml';
import { texts } from './files.ts';

let documents = 0;
for (const text of texts(process.argv[2] ?? '.')) {
  const parsed = parseAllDocuments(text, { prettyErrors: false, logLevel: 'silent' });
  documents += Array.isArray(parsed) ? parsed.length : 0;
}
console.log(documents);
