import { rmSync } from 'node:fs';
import { FOLDER_VARIABLE } from './package-places';

export default function removeProjects(): void {
  const folder = process.env[FOLDER_VARIABLE];
  if (folder) rmSync(folder, { recursive: true, force: true });
}
