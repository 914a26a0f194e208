import { isObject, type JsonObject } from '../../local/template/template';
import { Readable } from './readable';
import type { Statement, StatementKind } from './statement';

/**
 * Every statement of a template, whatever resource it is in: each object with a `Statement` is a policy, and so are
 * permissions of functions and policies that are named only.
 */
export function statementsIn(template: JsonObject): Statement[] {
  const resources = isObject(template.Resources) ? template.Resources : {};
  const readable = new Readable(resources);
  return Object.entries(resources).flatMap(([logicalId, resource]) => {
    if (!isObject(resource) || !isObject(resource.Properties)) return [];
    const { Type, Properties } = resource;
    const isPolicy = Type === 'AWS::IAM::Policy' || Type === 'AWS::IAM::ManagedPolicy';
    const owners = isPolicy ? listOf(Properties.Roles).map((role) => readable.text(role)) : [];
    const who = owners.join(', ').replaceAll(/[<>]/g, '') || readable.nameOf(logicalId);
    return [
      ...policiesIn(Properties).flatMap(({ property, statements }) =>
        statements.map((statement) => read(statement, kindOf(String(Type), property), who, readable)),
      ),
      ...listOf(Properties.ManagedPolicyArns).map((arn) => managed(readable.text(arn), who)),
      ...(Type === 'AWS::Lambda::Permission' ? [permission(Properties, who, readable)] : []),
    ];
  });
}

interface Policy {
  /** The property that holds it. */
  readonly property: string;
  readonly statements: readonly JsonObject[];
}

function policiesIn(value: unknown, property = ''): Policy[] {
  if (Array.isArray(value)) return value.flatMap((each) => policiesIn(each, property));
  if (!isObject(value)) return [];
  if (Array.isArray(value.Statement) || isObject(value.Statement)) {
    return [{ property, statements: alternatives(value.Statement) }];
  }
  return Object.entries(value).flatMap(([name, inner]) => policiesIn(inner, name));
}

/** All statements that there may be, whatever a condition of the template (Fn::If) comes to. */
function alternatives(value: unknown): JsonObject[] {
  return listOf(value)
    .filter(isObject)
    .filter(({ Ref }) => Ref !== 'AWS::NoValue')
    .flatMap((one) => {
      const choice = one['Fn::If'];
      return Array.isArray(choice) ? choice.slice(1).flatMap(alternatives) : [one];
    });
}

function kindOf(type: string, property: string): StatementKind {
  if (property === 'AssumeRolePolicyDocument') return 'trust';
  if (type === 'AWS::KMS::Key') return 'key policy';
  return type.startsWith('AWS::IAM::') ? 'role' : 'resource policy';
}

function read(statement: JsonObject, kind: StatementKind, who: string, readable: Readable): Statement {
  const texts = (value: unknown) => listOf(value).map((each) => readable.text(each));
  const { Sid, Effect, Action, NotAction, Resource, NotResource, Principal, NotPrincipal, Condition } = statement;
  return {
    kind,
    who,
    sid: typeof Sid === 'string' ? Sid : undefined,
    effect: String(Effect),
    actions: [...texts(Action), ...texts(NotAction).map((action) => `all but ${action}`)],
    resources: [...texts(Resource), ...texts(NotResource).map((resource) => `all but ${resource}`)],
    principals: [
      ...principalsOf(Principal, readable),
      ...principalsOf(NotPrincipal, readable).map((principal) => `all but ${principal}`),
    ],
    condition: isObject(Condition) ? conditionText(Condition, readable) : undefined,
  };
}

function principalsOf(principal: unknown, readable: Readable): string[] {
  if (!isObject(principal)) return listOf(principal).map((each) => readable.text(each));
  return Object.values(principal).flatMap((each) => listOf(each).map((one) => readable.text(one)));
}

function conditionText(condition: JsonObject, readable: Readable): string {
  return Object.entries(condition)
    .flatMap(([operator, keys]) =>
      Object.entries(isObject(keys) ? keys : {}).map(
        ([key, value]) =>
          `${operator} ${key} ${listOf(value)
            .map((each) => readable.text(each))
            .join(' or ')}`,
      ),
    )
    .join(', ');
}

function managed(arn: string, who: string): Statement {
  return {
    kind: 'managed policy',
    who,
    sid: undefined,
    effect: 'Allow',
    actions: [],
    resources: [arn],
    principals: [],
    condition: undefined,
  };
}

function permission(properties: JsonObject, who: string, readable: Readable): Statement {
  const { Action, Principal, FunctionName, SourceArn, SourceAccount } = properties;
  const source = SourceArn ?? SourceAccount;
  return {
    kind: 'resource policy',
    who,
    sid: undefined,
    effect: 'Allow',
    actions: [readable.text(Action)],
    resources: [readable.text(FunctionName)],
    principals: [readable.text(Principal)],
    condition: source === undefined ? undefined : `for ${readable.text(source)}`,
  };
}

function listOf(value: unknown): unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}
