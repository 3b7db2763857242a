using System.Text;
using System.Text.Json;

namespace FlowGpt.Tests.Unit.ApiFrontend.Dialects.OpenAiResponses;

/// <summary>Assembles a response from its events as strict clients do, and fails where they would.</summary>
internal sealed class AccumulatingClient
{
    private readonly List<(string Id, string Type, StringBuilder Text, bool HasEnded)> _items = [];
    private readonly Dictionary<(int Item, int Part), StringBuilder> _parts = [];
    private readonly HashSet<(int Item, int Part)> _endedParts = [];
    private readonly List<string> _types = [];
    private readonly SortedDictionary<int, string> _ends = [];
    private JsonElement _response;

    public void Take(JsonElement one)
    {
        var type = one.GetProperty("type").GetString()!;
        Assert.False(IsTerminal(), "an event after the last one");
        _types.Add(type);
        switch (type)
        {
            case "response.output_item.added":
                var added = one.GetProperty("item");
                Assert.Equal(_items.Count, one.GetProperty("output_index").GetInt32());
                Assert.DoesNotContain(_items, item => item.Id == added.GetProperty("id").GetString());
                _items.Add((added.GetProperty("id").GetString()!, added.GetProperty("type").GetString()!, new StringBuilder(), false));
                break;
            case "response.output_item.done":
                EndItem(one);
                break;
            case "response.content_part.added":
                var place = PlaceOf(one);
                Assert.Equal(_parts.Keys.Count(key => key.Item == place.Item), place.Part);
                _parts.Add(place, new StringBuilder());
                break;
            case "response.output_text.delta" or "response.refusal.delta":
                Assert.DoesNotContain(PlaceOf(one), _endedParts);
                _parts[PlaceOf(one)].Append(one.GetProperty("delta").GetString());
                break;
            case "response.output_text.done":
                Assert.Equal(_parts[PlaceOf(one)].ToString(), one.GetProperty("text").GetString());
                break;
            case "response.refusal.done":
                Assert.Equal(_parts[PlaceOf(one)].ToString(), one.GetProperty("refusal").GetString());
                break;
            case "response.content_part.done":
                Assert.True(_endedParts.Add(PlaceOf(one)));
                break;
            case "response.function_call_arguments.delta"
            or "response.custom_tool_call_input.delta"
            or "response.reasoning_summary_text.delta":
                ItemOf(one).Text.Append(one.GetProperty("delta").GetString());
                break;
            case "response.function_call_arguments.done":
                Assert.Equal(ItemOf(one).Text.ToString(), one.GetProperty("arguments").GetString());
                break;
            case "response.custom_tool_call_input.done":
                Assert.Equal(ItemOf(one).Text.ToString(), one.GetProperty("input").GetString());
                break;
            case "response.reasoning_summary_text.done":
                Assert.Equal(ItemOf(one).Text.ToString(), one.GetProperty("text").GetString());
                break;
            case "response.reasoning_summary_part.added" or "response.reasoning_summary_part.done":
                Assert.Equal("reasoning", ItemOf(one).Type);
                break;
            default:
                Assert.Contains(
                    type,
                    (string[])["response.created", "response.queued", "response.in_progress", "response.completed", "response.incomplete"]
                );
                _response = one.GetProperty("response");
                break;
        }
    }

    public void CheckEnd()
    {
        Assert.Equal("response.created", _types[0]);
        Assert.True(IsTerminal(), "no last event");
        Assert.Equal(_ends.Values, _response.GetProperty("output").EnumerateArray().Select(static item => item.GetRawText()));
        Assert.All(_items, static item => Assert.True(item.HasEnded || item.Type != "message"));
        Assert.Equal(_parts.Count, _endedParts.Count);
    }

    private void EndItem(JsonElement one)
    {
        var index = one.GetProperty("output_index").GetInt32();
        var done = one.GetProperty("item");
        var (id, type, text, hasEnded) = _items[index];
        Assert.False(hasEnded);
        Assert.Equal((id, type), (done.GetProperty("id").GetString(), done.GetProperty("type").GetString()));
        if (type == "message")
        {
            var parts = done.GetProperty("content").EnumerateArray().Select(TextOf);
            Assert.Equal(
                _parts
                    .Where(part => part.Key.Item == index)
                    .OrderBy(static part => part.Key.Part)
                    .Select(static part => part.Value.ToString()),
                parts
            );
            Assert.All(_parts.Keys.Where(part => part.Item == index), part => Assert.Contains(part, _endedParts));
        }
        else if (type is "function_call" or "custom_tool_call")
        {
            Assert.Equal(text.ToString(), done.GetProperty(type == "function_call" ? "arguments" : "input").GetString());
        }

        _items[index] = (id, type, text, true);
        _ends[index] = done.GetRawText();
    }

    private bool IsTerminal() => _types.Count > 0 && _types[^1] is "response.completed" or "response.incomplete";

    private (string Id, string Type, StringBuilder Text, bool HasEnded) ItemOf(JsonElement one)
    {
        var item = _items[one.GetProperty("output_index").GetInt32()];
        Assert.Equal(item.Id, one.GetProperty("item_id").GetString());
        Assert.False(item.HasEnded);
        return item;
    }

    private (int Item, int Part) PlaceOf(JsonElement one)
    {
        ItemOf(one);
        return (one.GetProperty("output_index").GetInt32(), one.GetProperty("content_index").GetInt32());
    }

    private static string TextOf(JsonElement part) =>
        part.GetProperty(part.GetProperty("type").GetString() == "refusal" ? "refusal" : "text").GetString()!;
}
