import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DOCUMENT, withTable } from './document';
import { entriesOf } from './entries';
import { readErrors } from './read-errors';

const project = path.join(__dirname, '..', '..');
const file = path.join(project, DOCUMENT);
writeFileSync(file, withTable(readFileSync(file, 'utf8'), entriesOf(readErrors(project))));
process.stdout.write(`${DOCUMENT} is written.\n`);
