import { dirname } from 'node:path';
import { NESTED_STACK } from './intrinsics';
import type { LocalValues } from './local-values';
import { nestedTemplateFile } from './nested-template';
import { readTemplateFile } from './parse-template';
import { inStack } from './places';
import { readProperties } from './property-reader';
import type { AssemblyStack } from './read-assembly';
import type { Stack } from './stack';
import { isObject, own } from './template';
import { shown, templateInvalid, templateUnsupported } from './template-error';

/**
 * A nested stack as a template of its own; `undefined` if its template is not on this machine.
 *
 * @param parents from the deployed stack down to the one that it is nested in.
 */
export function readNested(parents: readonly Stack[], parent: Stack, logicalId: string): AssemblyStack | undefined {
  const file = nestedTemplateFile(parent, logicalId);
  if (file === undefined) return undefined;
  if (parents.some((above) => above.file === file)) {
    const place = parent.place(logicalId, 'TemplateURL');
    throw templateInvalid(place, `is ${shown(file)}, so the stack would be nested in itself.`);
  }
  return {
    stackName: `${parent.stackName}-${logicalId}`,
    displayName: `${parent.displayName}/${nameOf(parent, logicalId)}`,
    file,
    directory: dirname(file),
    region: parent.region,
    template: readTemplateFile(file),
    assets: parent.assets,
  };
}

/** A nested stack's parameters have their values in the stack around it, and are resolved there. */
export function nestedValues(parent: Stack, logicalId: string, values: LocalValues): LocalValues {
  return {
    ...values,
    stackName: `${values.stackName}-${logicalId}`,
    prefix: `${values.prefix}${nameOf(parent, logicalId)}/`,
    given(parameter) {
      const value = readProperties(parent, logicalId).value('Parameters', parameter);
      if (value === undefined || typeof value === 'string') return value;
      if (Array.isArray(value)) return value.join(',');
      if (typeof value === 'number' || typeof value === 'boolean') return String(value);
      throw templateInvalid(parent.place(logicalId, 'Parameters', parameter), `is ${shown(value)}, not text.`);
    },
  };
}

/** `Fn::GetAtt` of `Outputs.<output>`. */
export function outputValue(nested: Stack | undefined, parent: Stack, logicalId: string, output: string, path: string) {
  if (nested === undefined) {
    const address = shown(own(parent.template.Resources, logicalId)?.Properties?.TemplateURL);
    throw templateUnsupported(
      path,
      `needs an output of the nested stack ${logicalId}, whose template (${address}) is not on this machine. Put it beside the other template, and its path into TemplateURL.`,
    );
  }
  const { Outputs } = nested.template;
  const found = own(Outputs, output);
  if (!isObject(found)) {
    const known = Object.keys(Outputs).join(', ') || 'none';
    throw templateInvalid(path, `needs the output ${output} of the nested stack ${logicalId}. It has: ${known}.`);
  }
  return nested.resolve(found.Value, inStack(`Outputs.${output}.Value`, nested.prefix));
}

// The CDK gives the resource a path whose last part is the construct's id and this. Source: aws-cdk-lib, NestedStack.
const CDK_PATH = /\/([A-Za-z0-9-]+)\.NestedStack\/\1\.NestedStackResource$/;

/** The id of the CDK's construct, where it tells the nested stacks apart, else the logical id. */
function nameOf(parent: Stack, logicalId: string): string {
  const ids = Object.entries(parent.template.Resources)
    .filter(([, { Type }]) => Type === NESTED_STACK)
    .map(([id, { Metadata }]) => [id, CDK_PATH.exec(String(Metadata?.['aws:cdk:path']))?.[1] ?? id] as const);
  const name = ids.find(([id]) => id === logicalId)?.[1] ?? logicalId;
  return ids.filter(([, other]) => other === name).length === 1 ? name : logicalId;
}
