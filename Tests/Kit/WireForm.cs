using System.Text.Json.Nodes;

namespace FlowGpt.Tests.Kit;

/// <summary>What every answer must have for clients to read it: members, their types, the order of events, and an end. Fails with the answer's text.</summary>
internal static class WireForm
{
    private static readonly string[] FinishReasons = ["stop", "length", "tool_calls", "content_filter", "function_call"];
    private static readonly string[] StopReasons = ["end_turn", "max_tokens", "stop_sequence", "tool_use", "pause_turn", "refusal"];

    private static readonly string[] ResponseMembers =
    [
        "id",
        "object",
        "created_at",
        "completed_at",
        "status",
        "background",
        "error",
        "incomplete_details",
        "instructions",
        "max_output_tokens",
        "max_tool_calls",
        "model",
        "output",
        "parallel_tool_calls",
        "previous_response_id",
        "prompt_cache_key",
        "reasoning",
        "safety_identifier",
        "service_tier",
        "store",
        "temperature",
        "text",
        "tool_choice",
        "tools",
        "top_logprobs",
        "top_p",
        "presence_penalty",
        "frequency_penalty",
        "truncation",
        "usage",
        "metadata",
    ];

    private static readonly string[] NeverNull =
    [
        "id",
        "created_at",
        "status",
        "model",
        "output",
        "tools",
        "tool_choice",
        "truncation",
        "parallel_tool_calls",
        "text",
        "top_p",
        "temperature",
        "presence_penalty",
        "frequency_penalty",
        "top_logprobs",
        "store",
        "background",
        "service_tier",
    ];

    /// <summary>A chat completion as a whole; its message.</summary>
    public static JsonObject Chat(string text)
    {
        var json = JsonNode.Parse(text)!;
        Assert.Equal("chat.completion", (string?)json["object"]);
        AssertSeconds(json["created"]);
        var choice = json["choices"]!.AsArray().Single()!.AsObject();
        Assert.Contains((string?)choice["finish_reason"], FinishReasons);
        Assert.True(choice.ContainsKey("logprobs"));
        var message = choice["message"]!.AsObject();
        Assert.Equal("assistant", (string?)message["role"]);
        Assert.True(message.ContainsKey("content") && message.ContainsKey("refusal"), text);
        Assert.Equal(
            (int)json["usage"]!["total_tokens"]!,
            (int)json["usage"]!["prompt_tokens"]! + (int)json["usage"]!["completion_tokens"]!
        );
        foreach (var call in message["tool_calls"]?.AsArray() ?? [])
        {
            Assert.False(string.IsNullOrEmpty((string?)call!["id"]));
            JsonNode.Parse((string)call["function"]!["arguments"]!);
        }

        return message;
    }

    /// <summary>The chunks of a chat completion; all deltas as one message.</summary>
    public static JsonObject ChatStream(string text)
    {
        var frames = text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Select(WithoutPings).ToArray();
        Assert.Equal("data: [DONE]", frames[^1]);
        var chunks = frames[..^1].Select(static frame => JsonNode.Parse(DataOf(frame))!).ToArray();
        Assert.Single(chunks.Select(static chunk => ((string?)chunk["id"], (long)chunk["created"]!, (string?)chunk["object"])).Distinct());
        AssertSeconds(chunks[0]["created"]);
        var choices = chunks
            .Where(static chunk => chunk["choices"]!.AsArray().Count > 0)
            .Select(static chunk => chunk["choices"]![0]!)
            .ToArray();
        Assert.Equal("assistant", (string?)choices[0]["delta"]!["role"]);
        var reason = Assert.Single(choices, static choice => choice["finish_reason"] is not null);
        Assert.Same(choices[^1], reason);
        Assert.Contains((string?)reason["finish_reason"], FinishReasons);
        return Merge(choices);
    }

    /// <summary>A response as a whole.</summary>
    public static JsonObject Response(JsonNode? json)
    {
        var response = json!.AsObject();
        var text = response.ToJsonString();
        Assert.Equal("response", (string?)response["object"]);
        Assert.All(ResponseMembers, member => Assert.True(response.ContainsKey(member), $"{member} is missing: {text}"));
        Assert.All(NeverNull, member => Assert.True(response[member] is not null, $"{member} is null: {text}"));
        AssertSeconds(response["created_at"]);
        if ((string)response["status"]! is "completed" or "incomplete")
        {
            var usage = response["usage"]!;
            Assert.Equal((int)usage["total_tokens"]!, (int)usage["input_tokens"]! + (int)usage["output_tokens"]!);
            Assert.NotNull(usage["input_tokens_details"]!["cached_tokens"]);
            Assert.NotNull(usage["output_tokens_details"]!["reasoning_tokens"]);
        }

        return response;
    }

    /// <summary>The events of a response; the response at their end.</summary>
    public static JsonObject ResponseStream(string text)
    {
        var frames = text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Select(WithoutPings).ToArray();
        Assert.Equal("data: [DONE]", frames[^1]);
        var events = new List<JsonNode>();
        foreach (var frame in frames[..^1])
        {
            var json = JsonNode.Parse(DataOf(frame))!;
            Assert.StartsWith($"event: {json["type"]}\n", frame, StringComparison.Ordinal);
            Assert.Equal(events.Count, (int)json["sequence_number"]!);
            events.Add(json);
        }

        return ResponseEvents(events);
    }

    /// <summary>The events of a response from their start; the response at their end.</summary>
    public static JsonObject ResponseEvents(IReadOnlyList<JsonNode> events)
    {
        Assert.Equal("response.created", (string?)events[0]["type"]);
        var terminal = Assert.Single(
            events,
            static one => (string?)one["type"] is "response.completed" or "response.incomplete" or "response.failed"
        );
        Assert.Same(events[^1], terminal);
        var response = Response(terminal["response"]);
        var (added, done) = (Of("response.output_item.added"), Of("response.output_item.done"));
        Assert.Equal(added.Select(IndexAndId), done.Select(IndexAndId));
        Assert.Equal(Enumerable.Range(0, added.Length), added.Select(static one => (int)one["output_index"]!));
        Assert.Equal(
            done.Select(static one => one["item"]!.ToJsonString()),
            response["output"]!.AsArray().Select(static item => item!.ToJsonString())
        );
        foreach (var delta in events.Where(static one => one["item_id"] is not null))
        {
            Assert.Equal((string?)added[(int)delta["output_index"]!]["item"]!["id"], (string?)delta["item_id"]);
        }

        return response;

        JsonNode[] Of(string type) => [.. events.Where(one => (string?)one["type"] == type)];

        static (int, string?) IndexAndId(JsonNode one) => ((int)one["output_index"]!, (string?)one["item"]!["id"]);
    }

    /// <summary>A message of the Anthropic dialect as a whole.</summary>
    public static JsonObject Message(string text)
    {
        var json = JsonNode.Parse(text)!.AsObject();
        Assert.Equal(("message", "assistant"), ((string?)json["type"], (string?)json["role"]));
        Assert.Contains((string?)json["stop_reason"], StopReasons);
        Assert.True((int)json["usage"]!["input_tokens"]! > 0 && (int)json["usage"]!["output_tokens"]! > 0, $"No tokens were used: {text}");
        Assert.All(json["content"]!.AsArray(), static block => Assert.False(string.IsNullOrEmpty((string?)block!["type"])));
        return json;
    }

    /// <summary>The events of a message; the types of its blocks and the end's delta.</summary>
    public static (string?[] Blocks, JsonNode Delta) MessageStream(string text)
    {
        var frames = text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
        var events = frames.Select(static frame => JsonNode.Parse(DataOf(frame))!).ToArray();
        Assert.All(
            frames.Zip(events),
            static one => Assert.StartsWith($"event: {one.Second["type"]}\n", one.First, StringComparison.Ordinal)
        );
        var types = events.Select(static one => (string)one["type"]!).Where(static type => type != "ping").ToArray();
        Assert.Equal(("message_start", "message_delta", "message_stop"), (types[0], types[^2], types[^1]));
        var (starts, stops) = (Of("content_block_start"), Of("content_block_stop"));
        Assert.Equal(Enumerable.Range(0, starts.Length), starts.Select(static one => (int)one["index"]!));
        Assert.Equal(Enumerable.Range(0, starts.Length), stops.Select(static one => (int)one["index"]!));
        var delta = Of("message_delta").Single()["delta"]!;
        Assert.Contains((string?)delta["stop_reason"], StopReasons);
        return ([.. starts.Select(static one => (string?)one["content_block"]!["type"])], delta);

        JsonNode[] Of(string type) => [.. events.Where(one => (string?)one["type"] == type)];
    }

    /// <summary>An error of OpenAI's dialects.</summary>
    public static JsonObject Error(string text)
    {
        var error = JsonNode.Parse(text)!["error"]!.AsObject();
        Assert.All((string[])["message", "type", "param", "code"], member => Assert.True(error.ContainsKey(member), text));
        Assert.False(string.IsNullOrEmpty((string?)error["message"]));
        return error;
    }

    private static JsonObject Merge(IEnumerable<JsonNode> choices)
    {
        var (content, calls) = ("", new SortedDictionary<int, (string? Name, string Arguments)>());
        foreach (var delta in choices.Select(static choice => choice["delta"]!))
        {
            content += (string?)delta["content"];
            foreach (var call in delta["tool_calls"]?.AsArray() ?? [])
            {
                var index = (int)call!["index"]!;
                var (name, arguments) = calls.GetValueOrDefault(index, (null, ""));
                calls[index] = (name ?? (string)call["function"]!["name"]!, arguments + (string?)call["function"]!["arguments"]);
            }
        }

        var made = calls.Values.Select(static call => (JsonNode)new JsonObject { ["name"] = call.Name, ["arguments"] = call.Arguments });
        return new JsonObject { ["content"] = content, ["tool_calls"] = new JsonArray([.. made]) };
    }

    // Why the whole ended is known after the item's end.
    private static string WithoutPings(string frame) => frame.Replace(": ping\n", "", StringComparison.Ordinal);

    private static string DataOf(string frame) => frame[(frame.IndexOf("data: ", StringComparison.Ordinal) + 6)..];

    // A time in milliseconds would be in the year 50000.
    private static void AssertSeconds(JsonNode? time) => Assert.InRange((long)time!, 1_500_000_000, 10_000_000_000);
}
