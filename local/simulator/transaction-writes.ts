import type { SpecialWrites } from './plan';
import type { SimulatedWrite } from './runtime';

/** Where transactions take effect: an item for each identity, so that two records may meet on one. */
export const EFFECTS_TABLE = 'Effects';

/** The run that asks for an effect. */
export interface EffectRun {
  readonly partition: number;
  readonly offset: number;
  readonly run: number;
}

/** What the effect of a run is as a write: one more on the item of its identity, with the run's own name. */
export function writesOf(id: string, run: EffectRun, special: SpecialWrites | undefined): readonly SimulatedWrite[] {
  const write = effectOf(id, run);
  switch (special) {
    case 'refused':
    case 'refused-once':
      return [impossible(write)];
    case 'superfluous':
      return [{ ...impossible(write), onConditionFailed: 'done' }];
    case 'invalid':
      return [effectOf('', run)];
    case 'colliding':
      return [write, write];
    case 'none':
      return [];
    case undefined:
      return [write];
  }
}

/** By an attribute that no item has. */
function impossible({ Update }: SimulatedWrite): SimulatedWrite {
  const ExpressionAttributeNames = { ...Update.ExpressionAttributeNames, '#x': 'approved' };
  return { Update: { ...Update, ConditionExpression: 'attribute_exists(#x)', ExpressionAttributeNames } };
}

function effectOf(id: string, { partition, offset, run }: EffectRun): SimulatedWrite {
  return {
    Update: {
      TableName: EFFECTS_TABLE,
      Key: { id },
      UpdateExpression: 'ADD #n :one SET #p = :p, #o = :o, #r = :r',
      ExpressionAttributeNames: { '#n': 'times', '#p': 'partition', '#o': 'offset', '#r': 'run' },
      ExpressionAttributeValues: { ':one': 1, ':p': partition, ':o': offset, ':r': run },
    },
  };
}
