// Checks docs/asyncapi.yaml, the schemas that it refers to, and its examples. Ends with 1 and says what is wrong.
import { fileURLToPath } from 'node:url';
import { DiagnosticSeverity, Parser, fromFile } from '@asyncapi/parser';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

const file = fileURLToPath(new URL('../../docs/asyncapi.yaml', import.meta.url));
const { document, diagnostics } = await fromFile(new Parser(), file).parse();
const complaints = diagnostics
  // What is no more than information is, for one, that there is a newer AsyncAPI.
  .filter(({ severity }) => severity <= DiagnosticSeverity.Warning)
  .map(({ path, range, message }) => `line ${range.start.line + 1}, ${path.join('.')}: ${message}`);

// The parser looks at the form of examples only.
const ajv = addFormats(new Ajv2020({ strict: false, allErrors: true }));
const messages = document?.messages().all() ?? [];
let examples = 0;
for (const message of messages) {
  const { headers, payload } = message.json();
  for (const example of message.examples().all()) {
    examples += 1;
    const parts = [['headers', headers, example.headers()], ['payload', payload, example.payload()]];
    for (const [part, schema, value] of parts) {
      if (value === undefined || ajv.validate(schema, value)) continue;
      complaints.push(`example ${message.id()}.${example.name()}: ${ajv.errorsText(ajv.errors, { dataVar: part })}`);
    }
  }
}

complaints.forEach((complaint) => console.error(complaint));
if (complaints.length > 0) process.exit(1);
console.log(`docs/asyncapi.yaml is valid, with ${messages.length} messages and ${examples} examples`);
