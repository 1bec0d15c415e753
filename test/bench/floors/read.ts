/** Floor of linting a folder: reads every file. */
import { texts } from './files.ts';

let characters = 0;
for (const text of texts(process.argv[2] ?? '.')) characters += text.length;
console.log(characters);
