// What the client programs share: where the gateway is, on which targets a case runs, and how a result is told.
import { strict as assert } from "node:assert";

export { assert };
export const origin = process.env.GATEWAY_ORIGIN;
export const baseURL = `${origin}/v1`;
export const apiKey = process.env.API_KEY;
export const embeddingModel = process.env.EMBEDDING_MODEL;

/** The models of a text-only, an OpenAI-compatible and an Anthropic upstream. */
export const targets = process.env.MODELS.split(",");

/** A tool of these tests, as a JSON schema. */
export const weather = {
  name: "get_weather",
  description: "The weather of a city",
  parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"], additionalProperties: false },
};

export const answerSchema = {
  type: "object",
  properties: { answer: { type: "string" }, celsius: { type: "number" } },
  required: ["answer", "celsius"],
  additionalProperties: false,
};

/** The README, whose address is that of this gateway. */
export const readme = (process.env.README ?? "").replaceAll("http://localhost:8088", origin);

export async function collect(stream) {
  const all = [];
  for await (const one of stream) all.push(one);
  return all;
}

/**
 * Runs every case on every target, and writes one line of JSON for each. A case is a function of a model; `once` holds cases that run a single time.
 */
export async function run(cases, once = {}) {
  const work = Object.entries(once).map(([name, test]) => [name, "", test]);
  for (const [name, test] of Object.entries(cases)) for (const model of targets) work.push([name, model, test]);
  // A few at a time: a client's own start is most of what a case costs.
  const lanes = Array.from({ length: 4 }, async () => {
    for (let next = work.shift(); next; next = work.shift()) {
      const [name, model, test] = next;
      let error = null;
      try {
        await deadline(test(model));
      } catch (problem) {
        error = String(problem?.stack ?? problem).slice(0, 1500);
      }
      console.log(JSON.stringify({ case: model ? `${name} on ${model}` : name, error }));
    }
  });
  await Promise.all(lanes);
  process.exit(0);
}

function deadline(work) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error("The case took longer than 30 s.")), 30_000);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
