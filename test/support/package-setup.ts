import { mkdirSync, mkdtempSync, readFileSync, realpathSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { FOLDER_VARIABLE, packagePlaces } from './package-places';
import { PROJECT } from './project';
import { run } from './stranger';

/** Of the package's own documentation, which says what a stranger types. */
const INSTALL = readFileSync(join(PROJECT, 'docs', 'install.md'), 'utf8');
/** What stands in the table of optional packages, for those who use all of it. */
const OPTIONAL = ['avsc', 'protobufjs', '@aws-lambda-powertools/idempotency', '@types/aws-lambda'];

/** Packs the package, outside of the project so that nothing of its own is found, and installs it in two projects. */
export default async function packAndInstall(): Promise<void> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'msk-once-package-')));
  process.env[FOLDER_VARIABLE] = folder;
  const places = packagePlaces(folder);
  const packed = await run(`npm pack --loglevel=error --pack-destination ${folder}`, PROJECT);
  renameSync(join(folder, basename(packed.trim().split('\n').pop() ?? '')), places.tarball);
  mkdirSync(join(folder, 'unpacked'));
  await run(`tar -xzf ${places.tarball} -C unpacked`, folder);
  await Promise.all([installNewest(places), installOldest(places)]);
}

const QUIET = '--no-audit --no-fund --loglevel=error';

async function installNewest({ newest, tarball }: ReturnType<typeof packagePlaces>): Promise<void> {
  mkdirSync(newest);
  writeFileSync(join(newest, 'package.json'), '{ "private": true }');
  const [, commands = ''] = /^```sh\n([\s\S]*?)^```/m.exec(INSTALL) ?? [];
  for (const command of commands.trim().split('\n')) {
    await run(`${command.replace(/(?<= )msk-once(?= )/, `${tarball} ${OPTIONAL.join(' ')}`)} ${QUIET}`, newest);
  }
}

/** Every range of the package at its lower end, and the oldest TypeScript that this project knows to work. */
async function installOldest({ oldest, tarball }: ReturnType<typeof packagePlaces>): Promise<void> {
  mkdirSync(oldest);
  const { dependencies, peerDependencies } = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8'));
  const lowest = Object.entries<string>({ ...dependencies, ...peerDependencies }).map(
    ([name, range]) => [name, range.replace(/^(\^|>=)/, '')] as const,
  );
  const others = { 'msk-once': `file:${tarball}`, typescript: '5.9.3', tsx: '4', zod: '4', '@types/aws-lambda': '8' };
  const manifest = { private: true, dependencies: { ...Object.fromEntries(lowest), ...others } };
  writeFileSync(join(oldest, 'package.json'), JSON.stringify(manifest));
  await run(`npm install ${QUIET}`, oldest);
}
