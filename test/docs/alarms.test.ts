/**
 * docs/observation.md on alarms, and the thread from the template through the runtime to what the alarms read: an alarm on
 * a metric that nobody publishes never goes off.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { callerOf } from '../../handlers/core/mapping';
import { RecordState } from '../../handlers/engine/record-state';
import { observationOf } from '../../handlers/observe/observation';
import { Observer } from '../../handlers/observe/observer';
import { tell } from '../../handlers/observe/tell';
import { COUNTED, type Counted } from '../../handlers/observe/topic-notes';
import { parseEvent } from '../../handlers/record/parse-event';
import { alarmsOf, metricsOf } from '../lib/fixture/alarms';
import { app, type Json, only, processor } from '../lib/fixture/stack';
import { PROJECT } from '../support/project';
import { event } from '../support/virtual-world';

let template: Template;
let alarms: { [name: string]: Json };
beforeAll(() => {
  const scope = new Stack(app(), 'Shop');
  processor(scope);
  template = Template.fromStack(scope);
  alarms = alarmsOf(template);
});

describe('the page about alarms', () => {
  const page = readFileSync(path.join(PROJECT, 'docs/observation.md'), 'utf8');
  const section = (page.split('\n## Alarms\n')[1] ?? '').split('\n## ')[0] as string;
  const rows = section
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );

  /** As the page writes it. */
  const written: { [name: string]: (threshold: number) => string } = {
    duplicateRate: (percent) => `${percent} %`,
    recordAge: (ms) => `${ms / 60_000} minutes`,
    offsetLag: (records) => `${records.toLocaleString('en')} records, and growing`,
    oldestLetter: (seconds) => `${seconds / 86_400} days`,
  };

  test('names each alarm with its default, and no other', () => {
    const said = rows.map(([name, threshold, lasts]) => [name, threshold, lasts]);
    const made = Object.entries(alarms).map(([name, { Threshold, EvaluationPeriods }]) => [
      `\`${name}\``,
      (written[name] ?? String)(Threshold),
      `${5 * EvaluationPeriods} minutes`,
    ]);

    expect(said.sort()).toEqual(made.sort());
  });

  test('says for each why it is there and what to do first', () => {
    for (const [, , , why, first, ...more] of rows) {
      expect([why?.length, first?.length].every((length) => (length ?? 0) > 10)).toBe(true);
      expect(more).toEqual([]);
    }
  });

  test('counts what is billed', () => {
    const metrics = Object.values(alarms).flatMap(metricsOf).length;

    expect(section).toContain(`${Object.keys(alarms).length} alarms over ${metrics} metrics`);
  });
});

describe('what the function publishes', () => {
  /** Everything that an invocation can notice, published as in Lambda, under the name that the template gives. */
  function published(notice: (observer: Observer, topic: string) => void): Json[] {
    const variables = only(template, 'AWS::Lambda::Function').Properties.Environment.Variables;
    const topic = only(template, 'AWS::Lambda::EventSourceMapping').Properties.Topics[0];
    const alias = only(template, 'AWS::Lambda::Alias').Properties.Name;
    const caller = callerOf(
      `arn:aws:lambda:eu-west-1:111122223333:function:orders:${alias}`,
      JSON.parse(variables.MSK_ONCE_MAPPINGS),
    );
    const outcomes = ['done', 'duplicate', 'parked'] as const;
    const records = parseEvent(event({ 0: outcomes.map((_, offset) => ({ value: {}, offset })) }, topic))
      .flatMap((array) => array.records)
      .map((record) => new RecordState<unknown>(record));
    for (const [index, state] of records.entries()) state.close(outcomes[index] as (typeof outcomes)[number]);
    const observer = new Observer();
    notice(observer, topic);
    const lines: string[] = [];
    const { log, metrics } = observationOf(
      {},
      () => 0,
      (line) => lines.push(line),
    );
    tell(log, metrics, {
      caller,
      remember: 'ledger',
      requestId: undefined,
      records,
      observer,
      startedAtMs: 0,
      endedAtMs: 0,
      remainingMs: 1,
    });
    return lines.map((line) => JSON.parse(line)).filter(({ _aws }) => _aws !== undefined);
  }

  /** As an alarm would name it. */
  const named = ({ _aws, ...document }: Json) =>
    _aws.CloudWatchMetrics.flatMap(({ Namespace, Dimensions, Metrics }: Json) =>
      Dimensions.flatMap((names: string[]) =>
        Metrics.map(({ Name }: Json) => ({
          Namespace,
          MetricName: Name,
          Dimensions: names.map((name) => ({ Name: name, Value: document[name] })),
        })),
      ),
    );

  const read = (names: string[]) =>
    names
      .flatMap((name) => metricsOf(alarms[name]))
      .filter(({ Namespace }) => !Namespace.startsWith('AWS/'))
      .map(({ Namespace, MetricName, Dimensions }) => ({ Namespace, MetricName, Dimensions }));

  test('is what the alarms read, by namespace, name and dimensions', () => {
    const documents = published((observer, topic) => {
      observer.started({ topic, timestamp: 1 }, 2);
      observer.laneWaited(topic, 1);
      for (const what of Object.keys(COUNTED) as Counted[]) observer.noticed(what, topic);
    });

    const ours = read(Object.keys(alarms));
    expect(ours).toHaveLength(10);
    expect(documents.flatMap(named)).toEqual(expect.arrayContaining(ours));
  });

  test('has all that the rate of duplicates is formed of in every invocation, so that a 0 is no gap', () => {
    const documents = published(() => {});

    expect(documents.flatMap(named)).toEqual(expect.arrayContaining(read(['duplicateRate'])));
  });
});
