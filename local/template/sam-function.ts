import { expandEvent, type Generated } from './sam-event';
import { mergeGlobals } from './sam-globals';
import { isObject, type JsonObject, own } from './template';

/** Properties of SAM that are no properties of the function itself. */
const NOT_PASSED_ON = ['AutoPublishAlias', 'CodeUri', 'Events', 'ImageUri', 'InlineCode'];

/**
 * A function of SAM as what a deployment makes of it, by SAM's logical ids: the function, its role, the version and the
 * alias of AutoPublishAlias, and a mapping for each Kafka event. (A version's id ends with a hash at deployment.)
 * Source: AWS SAM, generated CloudFormation resources for AWS::Serverless::Function.
 *
 * @param globals what `Globals.Function` gives to this function.
 */
export function expandFunction(logicalId: string, properties: JsonObject, globals: JsonObject): Generated[] {
  const place = `Resources.${logicalId}.Properties`;
  const { value, inherited } = mergeGlobals(globals, properties);
  const written = value as JsonObject;
  const alias = written.AutoPublishAlias;
  const invoked = alias === undefined ? logicalId : `${logicalId}Alias${alphanumeric(alias)}`;
  const generate = (suffix: string, Type: string, Properties: JsonObject): Generated => ({
    logicalId: `${logicalId}${suffix}`,
    Type,
    Properties,
    places: { '': place },
  });

  const generated = [functionOf(logicalId, written, place, inherited)];
  if (written.Role === undefined) generated.push(generate('Role', 'AWS::IAM::Role', {}));
  if (alias !== undefined) {
    const FunctionName = { Ref: logicalId };
    const FunctionVersion = { 'Fn::GetAtt': [`${logicalId}Version`, 'Version'] };
    generated.push(
      generate('Version', 'AWS::Lambda::Version', { FunctionName }),
      generate(`Alias${alphanumeric(alias)}`, 'AWS::Lambda::Alias', { FunctionName, FunctionVersion, Name: alias }),
    );
  }
  for (const [eventId, event] of Object.entries(isObject(written.Events) ? written.Events : {})) {
    const mapping = expandEvent(`${logicalId}${eventId}`, event, `${place}.Events.${eventId}`, { Ref: invoked });
    if (mapping !== undefined) generated.push(mapping);
  }
  return generated;
}

function functionOf(logicalId: string, written: JsonObject, place: string, inherited: readonly string[]): Generated {
  const passedOn = Object.entries(written).filter(([name]) => !NOT_PASSED_ON.includes(name));
  const [property, code] = codeOf(written);
  return {
    logicalId,
    Type: 'AWS::Lambda::Function',
    Properties: { ...Object.fromEntries(passedOn), ...(code !== undefined && { Code: code }) },
    places: {
      ...Object.fromEntries(inherited.map((keys) => [keys, `Globals.Function.${keys}`])),
      Code: inherited.includes(property) ? `Globals.Function.${property}` : `${place}.${property}`,
    },
  };
}

/** Which property holds the code, and what `Code` becomes. */
function codeOf(written: JsonObject): readonly [property: string, code: unknown] {
  const { CodeUri, ImageUri, InlineCode, PackageType } = written;
  if (PackageType === 'Image') return ['ImageUri', { ImageUri }];
  if (InlineCode !== undefined) return ['InlineCode', { ZipFile: InlineCode }];
  if (isObject(CodeUri) && own(CodeUri, 'Bucket') !== undefined) {
    return ['CodeUri', { S3Bucket: CodeUri.Bucket, S3Key: CodeUri.Key }];
  }
  return ['CodeUri', CodeUri];
}

/** As SAM makes a logical id of an alias; one whose name is not written out has none in its id. */
function alphanumeric(alias: unknown): string {
  return typeof alias === 'string' ? alias.replaceAll('-', 'D').replaceAll('_', 'U') : '';
}
