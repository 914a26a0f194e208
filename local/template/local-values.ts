import { templateUnsupported } from './template-error';

/** What a deployment would fill in: fixed values, so that two runs read the same template alike. */
export interface LocalValues {
  readonly region: string;
  readonly stackName: string;
  /** Stands behind every name that the template leaves open, as the random one of CloudFormation does. */
  readonly nameSuffix: string;
  /** Leads to a nested stack, with a slash at its end: `Orders/`. Empty for a stack that is deployed itself. */
  readonly prefix: string;
  /** What a template parameter is given; it wins over the default, which `undefined` leaves in force. */
  given(parameter: string): string | undefined;
}

export const LOCAL_REGION = 'us-east-1';
/** Belongs to nobody, so a local name never points at somebody's resource. */
export const LOCAL_ACCOUNT_ID = '000000000000';
const PARTITION = 'aws';
const URL_SUFFIX = 'amazonaws.com';
export const NIL_UUID = '00000000-0000-0000-0000-000000000000';

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
