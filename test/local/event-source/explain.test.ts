import { CHOICES } from '../../../local/event-source/choice-table';
import { chooseFrom, defaultChoices } from '../../../local/event-source/choices';
import { explain } from '../../../local/event-source/explain';
import { mappingOf } from './mapping';

test('one line per row, which begins with its name and holds value, accepted values, tag and row', () => {
  const lines = explain(chooseFrom({ 'partial-response': 'checkpoint' }));

  expect(lines).toHaveLength(36);
  expect(lines[5]).toMatch(/^partial-response: checkpoint; accepted: listed \| checkpoint; unknown; row 6; /);
  for (const [index, line] of lines.entries()) {
    expect(line).toMatch(/^[a-z-]+: \S+; accepted: .+; (documented|inferred|unknown); /);
    expect(line).toContain(`; row ${index + 1};`);
    expect(line).not.toContain('\n');
  }
});

test('every choice stands in the line of its row', () => {
  const lines = explain(defaultChoices());

  for (const { row, name, default: value } of CHOICES)
    expect(lines[row - 1]).toContain(`${name}: ${value}; accepted: `);
});

test('with a mapping, what its settings make of a row', () => {
  const mapping = mappingOf({
    pollers: undefined,
    batchingWindowMs: 500,
    onFailure: { kind: 's3', bucketName: 'late' },
    reportBatchItemFailures: false,
  });

  const lines = explain(defaultChoices(), mapping);

  expect(lines[13]).toContain('in this mapping: 10 retries');
  expect(lines[15]).toContain('in this mapping: on-failure destination s3');
  expect(lines[27]).toContain('in this mapping: 500 ms');
  expect(lines[35]).toContain('in this mapping: on-demand');
});
