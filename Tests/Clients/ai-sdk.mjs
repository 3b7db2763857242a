// The package "ai" with four providers: OpenAI's responses and chat, the compatible one, and Anthropic's. Their readers check every chunk against a schema.
import { createAnthropic } from "@ai-sdk/anthropic";
import { createOpenAI } from "@ai-sdk/openai";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { embedMany, generateText, jsonSchema, Output, stepCountIs, streamText, tool } from "ai";
import { answerSchema, apiKey, assert, baseURL, collect, embeddingModel, readme, run, targets, weather } from "./cases.mjs";

const openai = createOpenAI({ baseURL, apiKey });
const compatible = createOpenAICompatible({ name: "gateway", baseURL, apiKey, includeUsage: true, supportsStructuredOutputs: true });
const anthropic = createAnthropic({ baseURL, apiKey });
const providers = {
  responses: (model) => openai.responses(model),
  chat: (model) => openai.chat(model),
  compatible: (model) => compatible(model),
  messages: (model) => anthropic(model),
};
const options = { maxRetries: 0, maxOutputTokens: 200 };
const tools = (asked) => ({
  get_weather: tool({
    description: weather.description,
    inputSchema: jsonSchema(weather.parameters),
    execute: async ({ city }) => (asked.push(city), "rain"),
  }),
});

const cases = {};
for (const [name, of] of Object.entries(providers)) {
  cases[`${name} text`] = async (model) => {
    const made = await generateText({ ...options, model: of(model), system: "Be brief.", prompt: "Say exactly: Hello there" });
    assert.deepEqual([made.text, made.finishReason], ["Hello there", "stop"]);
    assert.ok(made.usage.inputTokens > 0 && made.usage.outputTokens > 0);
  };
  // The responses provider names the model's earlier items, as they are kept by default, and does not send them again.
  cases[`${name} second turn`] = async (model) => {
    const asked = [];
    const messages = [{ role: "user", content: "Use get_weather for Oslo" }];
    const first = await generateText({ ...options, model: of(model), messages, tools: tools(asked), stopWhen: stepCountIs(3) });
    messages.push(...first.response.messages, { role: "user", content: "Say exactly: and then" });
    const second = await generateText({ ...options, model: of(model), messages, tools: tools(asked) });
    assert.deepEqual([asked, second.text], [["Oslo"], "and then"]);
  };
  cases[`${name} stream`] = async (model) => {
    const made = streamText({ ...options, model: of(model), prompt: "Say exactly: one two three", onError: () => {} });
    const parts = await collect(made.fullStream);
    assert.deepEqual(parts.filter((part) => part.type === "error"), []);
    assert.equal(await made.text, "one two three");
    assert.equal(await made.finishReason, "stop");
    assert.ok((await made.usage).outputTokens > 0);
  };
  cases[`${name} tool loop`] = async (model) => {
    const asked = [];
    const made = await generateText({ ...options, model: of(model), prompt: "Use get_weather for Oslo", tools: tools(asked), stopWhen: stepCountIs(3) });
    assert.deepEqual([asked, made.text, made.steps.length], [["Oslo"], "get_weather returned rain.", 2]);
  };
  cases[`${name} streamed tool loop`] = async (model) => {
    const asked = [];
    const made = streamText({ ...options, model: of(model), prompt: "Use get_weather for Lima", tools: tools(asked), stopWhen: stepCountIs(3), onError: () => {} });
    const parts = await collect(made.fullStream);
    assert.deepEqual(parts.filter((part) => part.type === "error"), []);
    assert.deepEqual([asked, await made.text], [["Lima"], "get_weather returned rain."]);
  };
  cases[`${name} forced tool`] = async (model) => {
    const made = await generateText({ ...options, model: of(model), prompt: "Hello", tools: { get_weather: tool({ inputSchema: jsonSchema(weather.parameters) }) }, toolChoice: { type: "tool", toolName: "get_weather" } });
    assert.equal(made.toolCalls[0].toolName, "get_weather");
  };
  cases[`${name} object`] = async (model) => {
    const made = await generateText({ ...options, model: of(model), prompt: "How warm is it?", output: Output.object({ schema: jsonSchema(answerSchema) }) });
    assert.deepEqual([typeof made.output.answer, typeof made.output.celsius], ["string", "number"]);
  };
  cases[`${name} streamed object`] = async (model) => {
    const made = streamText({ ...options, model: of(model), prompt: "How warm is it?", output: Output.object({ schema: jsonSchema(answerSchema) }), onError: () => {} });
    await collect(made.partialOutputStream);
    const parsed = JSON.parse(await made.text);
    assert.deepEqual([typeof parsed.answer, typeof parsed.celsius], ["string", "number"]);
  };
  cases[`${name} error`] = async () => {
    const wrong = await generateText({ ...options, model: of("nobody"), prompt: "x" }).catch((error) => error);
    assert.equal(wrong.statusCode, 404, String(wrong));
    assert.match(wrong.message, /nobody/);
  };
}

await run(cases, {
  // opencode makes its provider of these settings with the package that they name.
  "opencode's settings of the README": async () => {
    const settings = JSON.parse(readme.match(/^```json\n(.*?)^```$/ms)[1]);
    const [[name, provider]] = Object.entries(settings.provider);
    assert.deepEqual([provider.npm, settings.model, Object.keys(provider.models)], ["@ai-sdk/openai-compatible", `${name}/YOUR_MODEL`, ["YOUR_MODEL"]]);
    const made = createOpenAICompatible({ name, ...provider.options, apiKey: provider.options.apiKey.replace("{env:API_KEY}", apiKey) });
    assert.equal((await generateText({ ...options, model: made(targets[0]), prompt: "Say exactly: pasted" })).text, "pasted");
  },
  "embeddings": async () => {
    for (const model of [openai.embedding(embeddingModel), compatible.textEmbeddingModel(embeddingModel)]) {
      const { embeddings } = await embedMany({ model, values: ["one", "two"], maxRetries: 0 });
      assert.ok(embeddings.length === 2 && embeddings[0].length > 1);
    }
  },
});
