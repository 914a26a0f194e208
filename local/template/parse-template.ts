import { readFileSync } from 'node:fs';
import { expandSam } from './sam';
import { isObject, type JsonObject, type Template } from './template';
import { shown, templateInvalid, templateUnsupported } from './template-error';
import { parseYaml } from './yaml-text';

export function readTemplateFile(file: string): Template {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw templateInvalid(file, `cannot be read: ${(error as Error).message}.`, { cause: error });
  }
  return parseTemplate(text, file);
}

/** Reads a template in JSON or YAML, of CloudFormation or of SAM. */
export function parseTemplate(text: string, file: string): Template {
  const parsed = text.trimStart().startsWith('{') ? parseJson(text, file) : parseYaml(text, file);
  if (!isObject(parsed) || !isObject(parsed.Resources)) {
    throw templateInvalid(file, 'has no "Resources", so it is not a CloudFormation template.');
  }
  for (const [logicalId, resource] of Object.entries(parsed.Resources)) {
    if (logicalId.startsWith('Fn::')) throw refusedMacro(`Resources.${logicalId}`, file);
    if (!isObject(resource) || typeof resource.Type !== 'string') {
      throw templateInvalid(`Resources.${logicalId}`, `in ${file} has no "Type": ${shown(resource)}.`);
    }
  }
  return {
    Parameters: section(parsed, 'Parameters', file) as Template['Parameters'],
    Mappings: section(parsed, 'Mappings', file),
    Conditions: section(parsed, 'Conditions', file),
    Outputs: section(parsed, 'Outputs', file),
    ...expandSam(parsed.Resources as unknown as Template['Resources'], section(parsed, 'Globals', file)),
  };
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw templateInvalid(file, `is not JSON: ${(error as Error).message}. Synthesize it again.`, { cause: error });
  }
}

/** Fn::ForEach and Fn::Transform between the resources: only CloudFormation itself can run them. */
function refusedMacro(place: string, file: string): Error {
  return templateUnsupported(
    place,
    `in ${file} is a macro, which CloudFormation runs at deployment. Give the processed template (\`aws cloudformation get-template --template-stage Processed\`), or write the resources out.`,
  );
}

function section(template: JsonObject, name: string, file: string): JsonObject {
  const value = template[name] ?? {};
  if (!isObject(value)) throw templateInvalid(name, `in ${file} is ${shown(value)}, not an object.`);
  return value;
}
