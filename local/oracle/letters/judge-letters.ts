import type { Letter } from '../../../contract/letter';
import { Closings } from '../closings';
import type { Observation, Place } from '../observation';
import type { Promised, TopicFact } from '../promise';
import { isByIdentity, laneOf, nameOf } from '../units';
import { copyCauses } from './copies';
import type { FoundLetter, LetterFindings, LetterRule, LetterViolation } from './letter-findings';
import type { ParkedItem } from './parked-item';
import { difference, letterIn, type RecordOnTopic } from './read-letter';

/** A record that can never take effect, and what its letter has to say. */
export interface DoomedRecord {
  readonly record: RecordOnTopic;
  readonly attempts: number;
}

export interface LetterRun {
  readonly promised: Promised;
  readonly topic: readonly TopicFact[];
  readonly doomed: readonly DoomedRecord[];
  /** The consumer group id. */
  readonly consumer: string;
  /** The id of a record's letter. */
  readonly idOf: (place: Place) => string;
  /** Every text that lies in the queue in the end, as it was read there. */
  readonly texts: readonly string[];
  /** Those of `judgeRun`, in order. */
  readonly observations: readonly Observation[];
  readonly parkedItems: readonly ParkedItem[];
  /** Indexes of letters whose writer never heard that they are durable. */
  readonly unheard: ReadonlySet<number>;
}

/**
 * Judges the dead letters of a run (protocol P5), by what lies in the queue: each record that can never take effect has
 * its letter, whole, and then its parked item and its closing mark, and no other record has any of it.
 */
export function judgeLetters(run: LetterRun): LetterFindings {
  const violations: LetterViolation[] = [];
  const broken = (rule: LetterRule, unit: string, text: string) => violations.push({ rule, unit, text });
  const byId = new Map<string, Letter[]>();
  for (const text of run.texts) {
    const letter = letterIn(text);
    if (letter) byId.set(letter.id, [...(byId.get(letter.id) ?? []), letter]);
    else broken('letter-foreign', 'none', `In the queue lies what is no letter: ${text.slice(0, 80)}`);
  }
  const closings = new Closings(run.promised, run.topic, run.observations);
  const letters: FoundLetter[] = [];
  const expected = new Set<string>();
  for (const doomed of run.doomed) {
    const { record } = doomed;
    const unit = nameOf(record);
    const id = run.idOf(record);
    expected.add(id);
    const [first, ...further] = byId.get(id) ?? [];
    if (first === undefined) {
      broken('letter-missing', unit, `${unit} can never take effect, and has no letter`);
      continue;
    }
    for (const letter of [first, ...further]) checkContent(letter, doomed, run.consumer, broken);
    const closed = closedAt(run, closings, doomed);
    const copies = copyCauses(run, record, closed).slice(0, further.length);
    copies.push(...further.slice(copies.length).map(() => undefined));
    if (copies.includes(undefined))
      broken('letter-twice', unit, `${unit} has ${further.length + 1} letters, and nothing admits the last one`);
    letters.push({ ...placeOf(record), attempts: first.attempts, error: first.error.code ?? first.error.name, copies });
    checkClosing(run, doomed, closed, broken);
  }
  for (const [id, [letter]] of byId) {
    if (!expected.has(id))
      broken(
        'letter-foreign',
        id,
        `${id} has a letter (${letter?.error.message}), and is no record that can never take effect`,
      );
  }
  const doomedNames = new Set(run.doomed.map(({ record }) => nameOf(record)));
  for (const item of run.parkedItems) {
    if (!doomedNames.has(nameOf(item)))
      broken('letter-foreign', nameOf(item), `${nameOf(item)} was parked by ${item.worker}, and can take effect`);
  }
  return { letters: letters.sort((a, b) => a.partition - b.partition || a.offset - b.offset), violations };
}

type Broken = (rule: LetterRule, unit: string, text: string) => void;

function checkContent(letter: Letter, { record, attempts }: DoomedRecord, consumer: string, broken: Broken): void {
  const unit = nameOf(record);
  const member = difference(letter.record, record);
  if (member !== undefined)
    broken('letter-altered', unit, `The letter of ${unit} holds another ${member} than the record`);
  if (letter.consumer !== consumer) {
    broken(
      'letter-altered',
      unit,
      `The letter of ${unit} names the consumer ${letter.consumer} instead of ${consumer}`,
    );
  }
  if (letter.attempts !== attempts) {
    broken('letter-attempts', unit, `The letter of ${unit} says ${letter.attempts} attempts instead of ${attempts}`);
  }
}

/** Where something durable closed the record, as an index among the observations; undefined: nothing did. */
function closedAt(
  { promised, topic, parkedItems }: LetterRun,
  closings: Closings,
  { record }: DoomedRecord,
): number | undefined {
  const fact = topic.find((one) => nameOf(one) === nameOf(record));
  const marks = fact === undefined ? [] : closings.of(fact).map(({ index }) => index);
  // A record without an identity is closed by its parked item where identities are remembered.
  const byItem = isByIdentity(promised) && promised.remember === 'identity' && fact?.identity === undefined;
  const items = byItem ? parkedItems.filter((item) => nameOf(item) === nameOf(record)).map(positionOf) : [];
  const all = [...marks, ...items];
  return all.length === 0 ? undefined : Math.min(...all);
}

function checkClosing(run: LetterRun, { record }: DoomedRecord, closed: number | undefined, broken: Broken): void {
  const unit = nameOf(record);
  const { observations, parkedItems } = run;
  const letterAt = observations.findIndex((one) => one.kind === 'letter' && nameOf(one) === unit);
  const item = parkedItems.find((one) => nameOf(one) === unit);
  if (closed === undefined) broken('not-closed', unit, `${unit} has its letter, and no mark closes it`);
  if (item === undefined) broken('not-closed', unit, `${unit} has its letter, and no parked item`);
  const first = Math.min(closed ?? letterAt, item === undefined ? letterAt : positionOf(item));
  if (letterAt === -1 || first < letterAt) {
    broken('letter-late', unit, `${unit} was closed before its letter was durable`);
  }
  const passed = closed === undefined ? undefined : passing(run, record, closed);
  if (passed !== undefined) broken('passed', unit, `${passed} took effect before ${unit}, which is parked, was closed`);
}

/** A later record of its lane with an effect before it was closed. */
function passing({ promised, topic, observations }: LetterRun, record: Place, closed: number): string | undefined {
  const facts = new Map(topic.map((fact) => [nameOf(fact), fact]));
  const own = facts.get(nameOf(record));
  const lane = own && laneOf(promised, own);
  const found = observations.slice(0, Math.ceil(closed)).find((one) => {
    if (one.kind !== 'effect' || one.partition !== record.partition || one.offset <= record.offset) return false;
    const fact = facts.get(nameOf(one));
    return lane !== undefined && fact !== undefined && laneOf(promised, fact) === lane;
  });
  return found?.kind === 'effect' ? nameOf(found) : undefined;
}

/** Between two observations. */
const positionOf = ({ at }: ParkedItem) => at - 0.5;

const placeOf = ({ partition, offset }: Place): Place => ({ partition, offset });
