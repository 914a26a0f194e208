import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ACCEPTED_LICENCES, NOTICE, noticeText, thirdParties } from '../../build/third-party';
import { PROJECT } from '../support/project';

const found = thirdParties();
const all = [...found.brought, ...found.optional];

test('every package that is brought or bundled has a licence that asks for no more than to be named', () => {
  const others = all.filter(({ licence }) => !ACCEPTED_LICENCES.has(licence));

  expect(others).toEqual([]);
  expect(all.map(({ name }) => name)).toEqual(
    expect.arrayContaining([
      '@aws-sdk/client-dynamodb',
      '@smithy/core',
      'kafkajs',
      'avsc',
      '@aws-lambda-powertools/commons',
    ]),
  );
});

test('what is installed here says the same of itself', () => {
  const installed = all.filter(({ place }) => existsSync(join(PROJECT, place)));
  const own = installed.map(({ place, name }) => {
    const { version, license: licence } = JSON.parse(readFileSync(join(PROJECT, place, 'package.json'), 'utf8'));
    return { place, name, version, licence };
  });

  expect(own).toEqual(installed);
  expect(installed.length).toBeGreaterThan(40);
});

test('THIRD-PARTY.md names each of them (else: npm run licences)', () => {
  expect(readFileSync(NOTICE, 'utf8')).toBe(noticeText(found));
});
