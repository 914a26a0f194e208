import type { Template } from './template';
import { own } from './template';
import { shown, templateInvalid, templateUnsupported } from './template-error';

/** What a deployment would fill in: fixed values, so that two runs read the same template alike. */
export interface LocalValues {
  readonly region: string;
  readonly stackName: string;
  /** Stands behind every name that the template leaves open, as the random one of CloudFormation does. */
  readonly nameSuffix: string;
  /** Values of template parameters; they win over defaults. */
  readonly parameters: Readonly<Record<string, string>>;
}

export const LOCAL_REGION = 'us-east-1';
/** Belongs to nobody, so a local name never points at somebody's resource. */
export const LOCAL_ACCOUNT_ID = '000000000000';
const PARTITION = 'aws';
const URL_SUFFIX = 'amazonaws.com';
const NIL_UUID = '00000000-0000-0000-0000-000000000000';

/** An ARN without its `arn:<partition>:` head, completed. */
export function localArn(rest: string): string {
  return `arn:${PARTITION}:${rest}`;
}

export function localUrl(host: string, path: string): string {
  return `https://${host}.${URL_SUFFIX}/${path}`;
}

/** `Ref` of a pseudo parameter. `undefined` is AWS::NoValue: the property that holds it is left out. */
export function pseudoParameter(name: string, path: string, values: LocalValues): string | undefined {
  switch (name) {
    case 'AWS::Region':
      return values.region;
    case 'AWS::AccountId':
      return LOCAL_ACCOUNT_ID;
    case 'AWS::Partition':
      return PARTITION;
    case 'AWS::URLSuffix':
      return URL_SUFFIX;
    case 'AWS::StackName':
      return values.stackName;
    case 'AWS::StackId':
      return localArn(`cloudformation:${values.region}:${LOCAL_ACCOUNT_ID}:stack/${values.stackName}/${NIL_UUID}`);
    case 'AWS::NoValue':
      return undefined;
    default:
      throw templateUnsupported(path, `refers to the pseudo parameter ${name}, which has no local value.`);
  }
}

/** `Ref` of a template parameter: the value given for it, else its default. */
export function parameterValue(name: string, path: string, template: Template, values: LocalValues): string | string[] {
  const parameter = own(template.Parameters, name) ?? {};
  const type = String(parameter.Type ?? 'String');
  const given = own(values.parameters, name);
  // The default of such a parameter is the name of an SSM parameter, not its value.
  if (given === undefined && type.startsWith('AWS::SSM::Parameter::Value')) {
    throw templateUnsupported(
      path,
      `needs the parameter ${name}, whose value lies in the SSM parameter ${shown(parameter.Default)} of an account. Give ${name} a value for the local run.`,
    );
  }
  const value = given ?? parameter.Default;
  if (value === undefined) {
    throw templateInvalid(
      path,
      `needs the parameter ${name}, which has no default. Give ${name} a value for the local run.`,
    );
  }
  const isList = type === 'CommaDelimitedList' || type.includes('List<');
  return isList
    ? String(value)
        .split(',')
        .map((item) => item.trim())
    : String(value);
}
