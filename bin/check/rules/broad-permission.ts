import { type Judgement, warning } from '../finding';
import { readPermissions } from '../role/read-permissions';
import type { Rule } from '../rule';

/** Services of which the function needs a few actions on a few resources. */
const EXACT = ['dynamodb', 'kafka-cluster', 's3', 'secretsmanager', 'sqs'];

/** Own statements that allow more than this function needs, as far as a wildcard tells. */
export const broadPermission: Rule = {
  name: 'broad-permission',
  *judge(subject): Iterable<Judgement> {
    for (const statement of readPermissions(subject).statements) {
      const { place, actions, resources, isDeny, isOwn } = statement;
      if (isDeny || !isOwn) continue;
      const others = [
        ...(statement.exceptActions ? ['NotAction'] : []),
        ...(statement.exceptResources && actions.some(isExact) ? ['NotResource'] : []),
      ];
      if (others.length > 0) {
        yield tooMuch(place, others);
        continue;
      }
      const broad = actions.filter((action) => action === '*' || (isExact(action) && action.includes('*')));
      const all = resources.filter(({ text }) => text !== undefined && isBroad(text) && actions.some(isExact));
      const found = [...new Set([...broad, ...all.map(({ text }) => text as string)])];
      if (found.length > 0) yield tooMuch(place, found);
    }
  },
};

function tooMuch(place: string, found: readonly string[]): Judgement {
  return warning(
    place,
    `allows ${found.join(', ')}.`,
    'Whoever gets hold of the function may do that much.',
    'Name the actions and the resources that are needed.',
  );
}

const isExact = (action: string) => action === '*' || EXACT.includes(action.split(':')[0] as string);

/** A wildcard in the name of what is allowed; below a folder of a bucket it is as it has to be. */
function isBroad(arn: string): boolean {
  const name = arn.split(':').slice(5).join(':');
  return arn === '*' || (arn.split(':')[2] === 's3' ? /^[^/]*\*/.test(name) : name.includes('*'));
}
