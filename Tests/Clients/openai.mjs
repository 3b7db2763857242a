// The package "openai": chat with its accumulating streams, parsed output and tool runner; responses with their accumulator, resumption and conversations; embeddings.
import OpenAI from "openai";
import { zodFunction, zodResponseFormat, zodTextFormat } from "openai/helpers/zod";
import { z } from "zod";
import { answerSchema, apiKey, assert, baseURL, collect, embeddingModel, run, targets, weather } from "./cases.mjs";

const client = new OpenAI({ baseURL, apiKey, maxRetries: 0 });
const Answer = z.object({ answer: z.string(), celsius: z.number() });
const chatTool = { type: "function", function: { ...weather, strict: true } };
const responseTool = { type: "function", ...weather, strict: true };
const ask = (content) => [{ role: "user", content }];

await run(
  {
    "chat whole": async (model) => {
      const made = await client.chat.completions.create({ model, messages: ask("Say exactly: Hello there"), max_completion_tokens: 50 });
      assert.equal(made.choices[0].message.content, "Hello there");
      assert.equal(made.choices[0].finish_reason, "stop");
      assert.equal(made.usage.total_tokens, made.usage.prompt_tokens + made.usage.completion_tokens);
      assert.ok(made._request_id);
    },
    "chat stream": async (model) => {
      const stream = client.chat.completions.stream({ model, messages: ask("Say exactly: one two three"), stream_options: { include_usage: true } });
      const deltas = [];
      stream.on("content", (delta) => deltas.push(delta));
      assert.equal(await stream.finalContent(), "one two three");
      assert.equal(deltas.join(""), "one two three");
      assert.ok((await stream.totalUsage()).completion_tokens > 0);
    },
    "chat developer message, content parts and nulls": async (model) => {
      const made = await client.chat.completions.create({
        model,
        messages: [
          { role: "developer", content: "Be brief." },
          { role: "user", content: [{ type: "text", text: "Say exactly: parts" }], name: "ada" },
        ],
        stop: null,
        n: null,
        tools: [],
        tool_choice: undefined,
        response_format: null,
      });
      assert.equal(made.choices[0].message.content, "parts");
    },
    "chat tool runner": async (model) => {
      const asked = [];
      const runner = client.chat.completions.runTools({
        model,
        stream: true,
        messages: ask("Use get_weather for Oslo"),
        tools: [
          {
            type: "function",
            function: { ...weather, parse: JSON.parse, function: ({ city }) => (asked.push(city), "rain") },
          },
        ],
      });
      assert.equal(await runner.finalContent(), "get_weather returned rain.");
      assert.deepEqual(asked, ["Oslo"]);
    },
    "chat forced tool with a zod schema": async (model) => {
      const made = await client.chat.completions.parse({
        model,
        messages: ask("What is it like in Rome?"),
        tools: [zodFunction({ name: "get_weather", parameters: z.object({ city: z.string() }) })],
        tool_choice: { type: "function", function: { name: "get_weather" } },
      });
      assert.equal(typeof made.choices[0].message.tool_calls[0].function.parsed_arguments.city, "string");
    },
    "chat parsed output": async (model) => {
      const made = await client.chat.completions.parse({
        model,
        messages: ask("How warm is it?"),
        response_format: zodResponseFormat(Answer, "answer"),
      });
      assert.ok(Answer.parse(made.choices[0].message.parsed));
    },
    "chat error of a wrong field": async (model) => {
      const wrong = await client.chat.completions.create({ model, messages: ask("x"), temperature: 9 }).catch((error) => error);
      assert.ok(wrong instanceof OpenAI.BadRequestError, String(wrong));
      assert.equal(wrong.param, "temperature");
    },
    "responses whole": async (model) => {
      const made = await client.responses.create({ model, input: "Say exactly: Hello there", instructions: "Be brief." });
      assert.equal(made.output_text, "Hello there");
      assert.equal(made.status, "completed");
    },
    "responses stream": async (model) => {
      const stream = client.responses.stream({ model, input: "Say exactly: one two three" });
      const events = await collect(stream);
      assert.deepEqual(events.map((event) => event.sequence_number), events.map((_, i) => i));
      assert.equal((await stream.finalResponse()).output_text, "one two three");
    },
    "responses tool loop by previous response": async (model) => {
      const stream = client.responses.stream({ model, input: "Use get_weather for Lima", tools: [responseTool] });
      const first = await stream.finalResponse();
      const call = first.output.find((item) => item.type === "function_call");
      assert.deepEqual(JSON.parse(call.arguments), { city: "Lima" });
      const second = await client.responses.create({
        model,
        previous_response_id: first.id,
        input: [{ type: "function_call_output", call_id: call.call_id, output: "sun" }],
        tools: [responseTool],
      });
      assert.equal(second.output_text, "get_weather returned sun.");
    },
    "responses parsed output": async (model) => {
      const made = await client.responses.parse({ model, input: "How warm is it?", text: { format: zodTextFormat(Answer, "answer") } });
      assert.ok(Answer.parse(made.output_parsed));
    },
    "responses in the background, streamed again": async (model) => {
      const queued = await client.responses.create({ model, input: "Say exactly: from behind", background: true });
      assert.ok(["queued", "in_progress"].includes(queued.status), queued.status);
      const all = await collect(await client.responses.retrieve(queued.id, { stream: true }));
      const rest = await collect(await client.responses.retrieve(queued.id, { stream: true, starting_after: 3 }));
      assert.equal(all.at(-1).response.output_text ?? all.at(-1).response.output[0].content[0].text, "from behind");
      assert.deepEqual(rest, all.slice(4));
      const resumed = client.responses.stream({ response_id: queued.id, starting_after: 2 });
      assert.equal((await resumed.finalResponse()).output_text, "from behind");
      assert.equal((await client.responses.cancel(queued.id)).status, "completed");
      await client.responses.delete(queued.id);
      await assert.rejects(client.responses.retrieve(queued.id), OpenAI.NotFoundError);
    },
    "responses in a conversation": async (model) => {
      const conversation = await client.conversations.create({ metadata: { topic: "trees" }, items: [{ type: "message", role: "user", content: "The code word: alder. Remember it." }] });
      const made = await client.responses.create({ model, conversation: conversation.id, input: "What is the code word?" });
      assert.match(made.output_text, /alder/);
      const items = await collect(client.conversations.items.list(conversation.id, { limit: 2, order: "asc" }));
      assert.deepEqual(items.map((item) => item.role), ["user", "user", "assistant"]);
      assert.equal((await client.conversations.retrieve(conversation.id)).metadata.topic, "trees");
      assert.equal((await client.conversations.delete(conversation.id)).deleted, true);
    },
    "responses input items and tokens": async (model) => {
      const made = await client.responses.create({ model, input: [{ role: "user", content: "a" }, { role: "user", content: "Say exactly: b" }] });
      const items = await collect(client.responses.inputItems.list(made.id, { limit: 1 }));
      assert.equal(items.length, 2);
      assert.ok((await client.responses.inputTokens.count({ model, input: "hello" })).input_tokens > 0);
    },
    "completions": async (model) => {
      const made = await client.completions.create({ model, prompt: "Say exactly: old form", max_tokens: 20 });
      assert.equal(made.choices[0].text, "old form");
      const chunks = await collect(await client.completions.create({ model, prompt: "Say exactly: old form", max_tokens: 20, stream: true }));
      assert.equal(chunks.map((chunk) => chunk.choices[0]?.text ?? "").join(""), "old form");
    },
    "models retrieve": async (model) => assert.equal((await client.models.retrieve(model)).id, model),
  },
  {
    "embeddings": async () => {
      const made = await client.embeddings.create({ model: embeddingModel, input: ["one", "two"] });
      assert.equal(made.data.length, 2);
      assert.ok(made.data[0].embedding.length > 1 && made.data[0].embedding.some((value) => value !== 0));
    },
    "models list": async () => {
      const ids = (await collect(client.models.list())).map((model) => model.id);
      for (const model of targets) assert.ok(ids.includes(model));
    },
    "unknown model": async () => {
      const wrong = await client.chat.completions.create({ model: "nobody", messages: ask("x") }).catch((error) => error);
      assert.equal(wrong.code, "model_not_found");
    },
    "wrong key": async () => {
      const stranger = new OpenAI({ baseURL, apiKey: "sk-of-nobody-0123456789", maxRetries: 0 });
      await assert.rejects(stranger.models.list(), OpenAI.AuthenticationError);
    },
  },
);
