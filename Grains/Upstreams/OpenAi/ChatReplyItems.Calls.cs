using System.Buffers;
using System.Text.Json;
using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Grains.Upstreams.Http;

namespace FlowGpt.Grains.Upstreams.OpenAi;

internal sealed partial class ChatReplyItems
{
    private readonly List<Call> _calls = [];

    /// <summary>A piece of a tool call.</summary>
    /// <param name="index">The call's number in the reply; null when the server does not number calls.</param>
    /// <param name="id">The call's id; null when the piece has none.</param>
    /// <param name="name">The tool; null when the piece has none.</param>
    /// <param name="kind">What kind of tool.</param>
    /// <param name="raw">More of the arguments, as they stand inside a JSON string, or JSON as it is.</param>
    /// <param name="isEscaped">Whether <paramref name="raw"/> has escapes of a JSON string.</param>
    public void ToolCall(int? index, string? id, string? name, ToolKind kind, ReadOnlySpan<byte> raw, bool isEscaped)
    {
        var call = Find(index, id, name);
        if (call is null)
        {
            call = new Call(index ?? _calls.Count);
            _calls.Add(call);
        }

        call.Id ??= id;
        call.Name ??= name;
        call.Kind = kind == ToolKind.Custom ? kind : call.Kind;
        var before = call.Arguments.WrittenCount;
        call.Decoder.Append(raw, isEscaped, call.Arguments);
        if (call.Item != None)
        {
            GiveArguments(call, before);
        }
        else if (call.Name is not null && (call.Id is not null || call.Arguments.WrittenCount > 0))
        {
            StartCall(call);
        }
    }

    /// <summary>Whether a call has arguments that are no whole JSON object: no client can run the call.</summary>
    public bool HasBrokenCall => _calls.Exists(static call => call is { Name: not null, IsWhole: false });

    /// <summary>The reply has ended as it should: ends every item that is whole.</summary>
    /// <param name="finish">Why, as the server says; null when the server does not say.</param>
    /// <returns>Why the reply ended; null when the reply is not whole.</returns>
    public FinishReason? Complete(FinishReason? finish)
    {
        _calls.RemoveAll(static call => call.IsNothing);
        var mayHaveCalls = finish is null or FinishReason.Stop or FinishReason.ToolCalls;
        if (mayHaveCalls && !_calls.TrueForAll(static call => call.IsWhole))
        {
            Flush();
            return null;
        }

        EndText();
        if (mayHaveCalls)
        {
            _calls.ForEach(EndCall);
        }

        Flush();
        return finish is FinishReason.Length or FinishReason.ContentFilter ? finish
            : _calls.Count > 0 ? FinishReason.ToolCalls
            : FinishReason.Stop;
    }

    // Servers repeat ids, send a new id with each piece, number all calls 0, or do not number them.
    private Call? Find(int? index, string? id, string? name)
    {
        var call =
            index is { } number ? _calls.FindLast(call => call.Index == number)
            : _calls.Count > 0 ? _calls[^1]
            : null;
        var isNext = call?.Name is not null && name is not null && id is not null && call.Id is not null && id != call.Id;
        var isNextWithoutIds = call?.Name is not null && index is null && name is not null && id is null && call.IsWhole;
        return isNext || isNextWithoutIds ? null : call;
    }

    private void StartCall(Call call)
    {
        EndReasoning();
        EndMessage();
        var head = new ArrayBufferWriter<byte>(64);
        new ToolCallHead(call.Kind, Clean(call.Id) ?? newCallId(), Clean(call.Name)!).Write(head);
        call.Item = Start(EventKind.ToolCallStarted, head.WrittenSpan);
        GiveArguments(call, 0);
    }

    private void GiveArguments(Call call, int from)
    {
        if (call.Arguments.WrittenCount > from)
        {
            Continue(EventKind.ArgumentsDelta, call.Item);
            Held.Write(call.Arguments.WrittenSpan[from..]);
        }
    }

    private void EndCall(Call call)
    {
        var before = call.Arguments.WrittenCount;
        call.Decoder.Finish(call.Arguments);
        if (call.Kind == ToolKind.Function && call.Arguments.WrittenCount == 0)
        {
            // A call without arguments: clients parse them all the same.
            call.Arguments.Write("{}"u8);
        }

        if (call.Item == None)
        {
            StartCall(call);
        }
        else
        {
            GiveArguments(call, before);
        }

        Give(EventKind.ItemEnded, call.Item, []);
    }

    // A zero byte separates the fields of a head.
    private static string? Clean(string? text) => text?.Replace("\0", "", StringComparison.Ordinal);

    private sealed class Call(int index)
    {
        public JsonTextDecoder Decoder;

        public int Index { get; } = index;
        public string? Id { get; set; }
        public string? Name { get; set; }
        public ToolKind Kind { get; set; }
        public int Item { get; set; } = None;
        public ArrayBufferWriter<byte> Arguments { get; } = new(256);

        /// <summary>An entry that says nothing, as some servers send.</summary>
        public bool IsNothing => Id is null && Name is null && Arguments.WrittenCount == 0;

        /// <summary>Whether the call is whole by its arguments alone.</summary>
        public bool IsWhole =>
            Name is not null && (Kind == ToolKind.Custom || Arguments.WrittenCount == 0 || IsJsonObject(Arguments.WrittenSpan));

        private static readonly JsonReaderOptions Json = new() { MaxDepth = 256 };

        private static bool IsJsonObject(ReadOnlySpan<byte> text)
        {
            try
            {
                var json = new Utf8JsonReader(text, Json);
                var isObject = json.Read() && json.TokenType == JsonTokenType.StartObject;
                while (json.Read()) { }

                return isObject;
            }
            catch (JsonException)
            {
                return false;
            }
        }
    }
}
