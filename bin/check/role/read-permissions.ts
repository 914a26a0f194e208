import { resolvable } from '../../../local/template/resolvable';
import { type Found, findResources, idOf, type Stack } from '../../../local/template/stack';
import { isIntrinsic, isObject, own } from '../../../local/template/template';
import { shown, templateInvalid, templateUnsupported } from '../../../local/template/template-error';
import type { Subject } from '../subject';
import { MANAGED } from './managed-policies';
import { LEFT_OUT, readPolicy, settled } from './read-statements';
import { type Refused, readable } from './readable';
import { connectorPlaces } from './sam-connectors';
import { eventPolicies } from './sam-event-policies';
import { readPolicyTemplate } from './sam-policies';
import type { Permissions, Statement } from './statement';

/** All policies of the function's role that the template holds. */
export function readPermissions(subject: Subject): Permissions {
  const found = subject.functionFound;
  const properties = found.resource.Properties ?? {};
  // SAM makes the role of a function that has none.
  const refused: Refused = [];
  const connected = connectorPlaces(found, subject).map((place) => ({ stack: found.stack, place, policy: undefined }));
  if (properties.Role === undefined) {
    const policies = [...generatedPolicies(found, subject, refused), ...attached(generatedRole(found)), ...connected];
    return collected(found.stack.place(found.logicalId, 'Policies'), policies, refused);
  }
  const role = roleOf(found, subject);
  return collected(role.stack.place(role.logicalId), [...rolePolicies(role, refused), ...connected], refused);
}

/** Where a limit on the role is set; undefined: there is none. */
export function boundaryPlace(subject: Subject): string | undefined {
  const { stack, logicalId, resource } = roleOrMaker(subject);
  const place = stack.place(logicalId, 'PermissionsBoundary');
  const written = resource.Properties?.PermissionsBoundary;
  const limit = written === undefined ? LEFT_OUT : conditional(stack, written, place, []);
  return limit === LEFT_OUT ? undefined : place;
}

/** The function's role, or the function itself, of which SAM makes one with the same properties. */
export function roleOrMaker(subject: Subject): Found {
  const found = subject.functionFound;
  return found.resource.Properties?.Role === undefined ? found : roleOf(found, subject);
}

/** By the logical id that SAM gives it. */
function generatedRole({ stack, logicalId }: Found): Found {
  const id = `${logicalId}Role`;
  const resource = own(stack.template.Resources, id);
  if (resource !== undefined) return { stack, logicalId: id, resource };
  throw templateInvalid(stack.place(logicalId, 'Role'), 'is not set.');
}

/** The function's role, also the one that SAM makes. */
export function roleItself(subject: Subject): Found {
  const found = subject.functionFound;
  return found.resource.Properties?.Role === undefined ? generatedRole(found) : roleOf(found, subject);
}

interface Written {
  readonly stack: Stack;
  readonly place: string;
  /** A document, the name or ARN of a managed policy, or a policy template of SAM. */
  readonly policy: unknown;
}

function roleOf(found: Found, subject: Subject): Found {
  const arn = subject.function.value('Role');
  const role = findResources(subject.stack, 'AWS::IAM::Role').find(
    ({ stack, logicalId }) =>
      resolvable(() => stack.resolve({ 'Fn::GetAtt': [logicalId, 'Arn'] }, stack.place(logicalId))) === arn,
  );
  if (role !== undefined) return role;
  const place = found.stack.place(found.logicalId, 'Role');
  if (typeof arn === 'string' && !arn.startsWith('arn:')) {
    throw templateInvalid(place, `is ${shown(arn)}, a name; it takes an ARN, such as !GetAtt ${arn}.Arn.`);
  }
  throw templateUnsupported(
    place,
    `is ${JSON.stringify(arn)}, a role that the template does not hold, so its permissions are not known here.`,
  );
}

/** What SAM puts into the role that it makes. Source: AWS SAM, AWS::Serverless::Function, Policies. */
function generatedPolicies({ stack, logicalId, resource }: Found, subject: Subject, refused: Refused): Written[] {
  const place = stack.place(logicalId, 'Policies');
  const written = conditional(stack, resource.Properties?.Policies ?? [], place, refused);
  const events = subject.others().filter((one) => one.mapping.path().startsWith(stack.place(logicalId, 'Events.')));
  const listed = [written].flat().map((policy, index) => ({ stack, place: `${place}[${index}]`, policy }));
  // A function in a network of its own may enter it.
  const network = resource.Properties?.VpcConfig === undefined ? [] : ['AWSLambdaVPCAccessExecutionRole'];
  return [
    ...listed,
    ...network.map((policy) => ({ stack, place: stack.place(logicalId, 'VpcConfig'), policy })),
    ...events.flatMap((event) =>
      eventPolicies(event).map((policy) => ({ stack, place: event.mapping.path(), policy })),
    ),
  ];
}

function rolePolicies(role: Found, refused: Refused): Written[] {
  const { stack, logicalId, resource } = role;
  const listed = (property: string) => {
    const place = stack.place(logicalId, property);
    const written = settled(stack, resource.Properties?.[property], place, refused);
    // What cannot be settled is one policy that cannot be read.
    const isNone = written === LEFT_OUT || resource.Properties?.[property] === undefined;
    const list = isNone ? [] : [written].flat();
    return list.map((policy, index) => ({ place: `${place}[${index}]`, policy }));
  };
  const inline = listed('Policies').map(({ place, policy }) => {
    const found = settled(stack, policy, place, refused);
    return { stack, place: `${place}.PolicyDocument`, policy: isObject(found) ? found.PolicyDocument : found };
  });
  const managed = listed('ManagedPolicyArns').map(({ place, policy }) => ({
    stack,
    place,
    policy: ownManaged(stack, policy)?.policy ?? policy,
  }));
  return [...inline, ...managed, ...attached(role)];
}

/** Policies that name the role, and those of which it cannot be told: they count as policies that cannot be read. */
function attached(role: Found): Written[] {
  return policiesNaming(role).map(({ found: { stack, logicalId, resource }, isSure }) => ({
    stack,
    place: stack.place(logicalId, 'PolicyDocument'),
    policy: isSure ? resource.Properties?.PolicyDocument : undefined,
  }));
}

/** Policies that are resources of their own, and name the function's role. */
export function policiesBesideRole(subject: Subject): Found[] {
  return policiesNaming(roleItself(subject)).flatMap(({ found, isSure }) => (isSure ? [found] : []));
}

function policiesNaming(role: Found): { readonly found: Found; readonly isSure: boolean }[] {
  return findResources(role.stack, 'AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy', 'AWS::IAM::RolePolicy').flatMap(
    (found): { readonly found: Found; readonly isSure: boolean }[] => {
      const { Roles = [], RoleName } = found.resource.Properties ?? {};
      const roles = [Roles, RoleName].flat().filter((one) => one !== undefined);
      const answers = roles.map((one) => isRole(role, found.stack, one));
      if (answers.includes(true)) return [{ found, isSure: true }];
      return answers.includes(undefined) ? [{ found, isSure: false }] : [];
    },
  );
}

/** Whether a policy means this role; undefined: the name cannot be read. */
function isRole(role: Found, stack: Stack, written: unknown): boolean | undefined {
  const id = isObject(written) ? written.Ref : undefined;
  if (stack === role.stack && id !== undefined && id === role.logicalId) return true;
  const named = resolvable(() => stack.resolve(written, stack.place(role.logicalId)));
  const name = nameOf(role);
  return named === undefined || name === undefined ? undefined : named === name;
}

function nameOf({ stack, logicalId }: Found): string | undefined {
  return resolvable(() => stack.resolve({ Ref: logicalId }, stack.place(logicalId)));
}

/** A managed policy of the template itself, which has no local name. */
function ownManaged(stack: Stack, written: unknown): Written | undefined {
  const id = isObject(written) ? written.Ref : undefined;
  const policy = findResources(stack, 'AWS::IAM::ManagedPolicy').find((one) => one.logicalId === id);
  return policy && { stack, place: idOf(policy), policy: policy.resource.Properties?.PolicyDocument };
}

function collected(place: string, written: readonly Written[], refused: Refused): Permissions {
  const statements: Statement[] = [];
  const unread: string[] = [];
  for (const { stack, place: here, policy: asWritten } of written) {
    const policy = conditional(stack, asWritten, here, refused);
    if (policy === LEFT_OUT) continue;
    const template = readPolicyTemplate(stack, policy, here);
    if (template !== undefined) statements.push(template);
    else if (isObject(policy) && policy.Statement !== undefined) {
      const read = readPolicy(stack, policy, here, refused);
      statements.push(...read.statements);
      unread.push(...read.unread);
    } else {
      const full = nameOfPolicy(stack, policy, here, refused);
      const name = full?.replace(/^.*\//, '');
      // One of an account may be called like one of AWS.
      const isOfAws = name !== undefined && !/^arn:[^:]+:iam::\d/.test(full ?? '');
      const known = isOfAws && Object.hasOwn(MANAGED, name) ? MANAGED[name] : undefined;
      if (known === undefined) unread.push(name === undefined ? here : `${here} (${name})`);
      for (const { actions, resource, isBroad = false } of known ?? []) {
        const resources = [{ text: resource, written: resource }];
        statements.push({ place: here, isDeny: false, actions, resources, isConditional: false, isOwn: isBroad });
      }
    }
  }
  return { place, statements, unread, refused };
}

/** `settled` of a condition alone: what is referred to may have no local name. */
function conditional(stack: Stack, policy: unknown, place: string, refused: Refused): unknown {
  return isObject(policy) && 'Fn::If' in policy ? settled(stack, policy, place, refused) : policy;
}

/** Of a managed policy, as name or ARN, or of a policy template of SAM. */
function nameOfPolicy(stack: Stack, policy: unknown, place: string, refused: Refused): string | undefined {
  const isTemplate = isObject(policy) && !isIntrinsic(policy);
  if (isTemplate) return Object.keys(policy)[0];
  const name = readable(refused, () => stack.resolve(policy, place));
  return typeof name === 'string' ? name : undefined;
}
