import type { LocalError } from '../../../local/errors';
import { error, type Judgement, unknown } from '../finding';
import { roleItself, roleOrMaker } from '../role/read-permissions';
import { readTrust } from '../role/read-trust';
import type { Rule } from '../rule';

const LAMBDA = 'lambda.amazonaws.com';
const why = 'The service refuses a function whose role it cannot assume, and the mapping polls with the same role.';
const change = `Let ${LAMBDA} do sts:AssumeRole in it.`;

/** Source: Lambda Developer Guide, execution role: a role for Lambda trusts the service. */
export const roleTrust: Rule = {
  name: 'role-trust',
  *judge(subject): Iterable<Judgement | LocalError> {
    const { stack, logicalId, resource } = roleOrMaker(subject);
    // Throws where there is none at all.
    roleItself(subject);
    const place = stack.place(logicalId, 'AssumeRolePolicyDocument');
    const written = resource.Properties?.AssumeRolePolicyDocument;
    if (written === undefined) {
      // SAM writes it into the role that it makes.
      if (resource.Type === 'AWS::IAM::Role') yield error(place, 'is not set.', why, change);
      return;
    }
    const { answer, named, refused } = readTrust(stack, written, place);
    yield* refused;
    const who = `it names ${named.length === 0 ? 'nobody' : named.join(', ')}`;
    const because = named.includes(LAMBDA) ? 'what it lets it do is another action' : who;
    if (answer === 'missing') {
      yield error(place, `does not let ${LAMBDA} assume the role: ${because}.`, why, change);
    } else if (answer === 'denied') {
      yield error(place, `denies ${LAMBDA} to assume the role.`, why, 'Take that out of the statement that denies it.');
    } else if (answer === 'unknown' && refused.length === 0) {
      yield unknown(
        place,
        `may or may not let ${LAMBDA} assume the role: only the deployment decides it.`,
        why,
        'Look at the policy.',
      );
    }
  },
};
