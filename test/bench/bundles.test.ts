import { DEPLOYED } from '../../bench/measure/bundles';
import { BUNDLING } from '../../lib/private/processor/bundling';

test('what is measured is bundled as the construct bundles a function', () => {
  expect(DEPLOYED).toMatchObject({
    format: BUNDLING.format,
    minify: BUNDLING.minify,
    mainFields: BUNDLING.mainFields,
    target: BUNDLING.target,
    banner: { js: BUNDLING.banner },
  });
  expect(BUNDLING.externalModules).toEqual([]);
  expect(DEPLOYED).not.toHaveProperty('external');
});
