import { join } from 'node:path';

/** The folder of a run of the package tests, as its setup tells the workers. */
export const FOLDER_VARIABLE = 'MSK_ONCE_PACKAGE_FOLDER';

export interface PackagePlaces {
  readonly tarball: string;
  /** What the tarball holds. */
  readonly unpacked: string;
  /** A project with the package and everything beside it in the newest version that its ranges take. */
  readonly newest: string;
  /** Another one, with the oldest. */
  readonly oldest: string;
}

export function packagePlaces(folder = process.env[FOLDER_VARIABLE] ?? ''): PackagePlaces {
  return {
    tarball: join(folder, 'msk-once.tgz'),
    unpacked: join(folder, 'unpacked', 'package'),
    newest: join(folder, 'newest'),
    oldest: join(folder, 'oldest'),
  };
}
