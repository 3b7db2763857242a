// The package "@anthropic-ai/sdk": messages, their accumulating stream, the tool runner of the beta, token counts and models.
import Anthropic from "@anthropic-ai/sdk";
import { apiKey, assert, collect, origin, readme, run, targets, weather } from "./cases.mjs";

const client = new Anthropic({ baseURL: origin, apiKey, maxRetries: 0 });
const tool = { name: weather.name, description: weather.description, input_schema: weather.parameters };
const ask = (content) => [{ role: "user", content }];

await run(
  {
    "message whole": async (model) => {
      const made = await client.messages.create({ model, max_tokens: 50, system: "Be brief.", messages: ask("Say exactly: Hello there") });
      assert.deepEqual([made.content[0].text, made.stop_reason], ["Hello there", "end_turn"]);
      assert.ok(made.usage.input_tokens > 0 && made.usage.output_tokens > 0);
    },
    "message stream": async (model) => {
      const stream = client.messages.stream({ model, max_tokens: 50, messages: ask("Say exactly: one two three") });
      assert.equal(await stream.finalText(), "one two three");
      assert.equal((await stream.finalMessage()).stop_reason, "end_turn");
    },
    "message cut at its limit": async (model) => {
      const made = await client.messages.create({ model, max_tokens: 3, messages: ask("Say exactly: one two three four five six seven eight") });
      assert.equal(made.stop_reason, "max_tokens");
    },
    "streamed tool call and its result": async (model) => {
      const messages = ask("Use get_weather for Oslo");
      const first = await client.messages.stream({ model, max_tokens: 200, messages, tools: [tool] }).finalMessage();
      const call = first.content.find((block) => block.type === "tool_use");
      assert.deepEqual([first.stop_reason, call.input], ["tool_use", { city: "Oslo" }]);
      messages.push({ role: "assistant", content: first.content });
      messages.push({ role: "user", content: [{ type: "tool_result", tool_use_id: call.id, content: [{ type: "text", text: "rain" }] }] });
      const second = await client.messages.create({ model, max_tokens: 200, messages, tools: [tool] });
      assert.equal(second.content[0].text, "get_weather returned rain.");
    },
    "tool runner": async (model) => {
      const asked = [];
      const last = await client.beta.messages.toolRunner({
        model,
        max_tokens: 200,
        messages: ask("Use get_weather for Lima"),
        tools: [{ ...tool, run: ({ city }) => (asked.push(city), "sun"), parse: (input) => input }],
      });
      assert.deepEqual([asked, last.content[0].text], [["Lima"], "get_weather returned sun."]);
    },
    "forced tool": async (model) => {
      const made = await client.messages.create({ model, max_tokens: 200, messages: ask("Hello"), tools: [tool], tool_choice: { type: "tool", name: tool.name } });
      assert.equal(made.content.at(-1).name, tool.name);
    },
    "token count": async (model) => {
      const counted = await client.messages.countTokens({ model, messages: ask("one two three"), tools: [tool] });
      assert.ok(counted.input_tokens > 3);
    },
    "error of a wrong field": async (model) => {
      const wrong = await client.messages.create({ model, max_tokens: 10, temperature: 9, messages: ask("x") }).catch((error) => error);
      assert.ok(wrong instanceof Anthropic.BadRequestError, String(wrong));
      assert.equal(wrong.error.error.type, "invalid_request_error");
      assert.ok(wrong.requestID);
    },
  },
  {
    "models": async () => {
      const models = await collect(client.models.list());
      for (const model of targets) assert.ok(models.some((one) => one.id === model && one.type === "model"));
    },
    "bearer token": async () => {
      const other = new Anthropic({ baseURL: origin, apiKey: null, authToken: apiKey, maxRetries: 0 });
      const made = await other.messages.create({ model: targets[0], max_tokens: 50, messages: ask("Say exactly: bearer") });
      assert.equal(made.content[0].text, "bearer");
    },
    "the variables of the README": async () => {
      const [, address, key] = readme.match(/export (ANTHROPIC_BASE_URL)=\S+ (ANTHROPIC_API_KEY)=\$API_KEY/);
      process.env[address] = readme.match(/export ANTHROPIC_BASE_URL=(\S+)/)[1];
      process.env[key] = apiKey;
      const made = await new Anthropic().messages.create({ model: targets[0], max_tokens: 50, messages: ask("Say exactly: pasted") });
      assert.equal(made.content[0].text, "pasted");
    },
    "unknown model": async () => {
      await assert.rejects(client.messages.create({ model: "nobody", max_tokens: 5, messages: ask("x") }), Anthropic.NotFoundError);
    },
  },
);
