using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Items;

namespace FlowGpt.Grains.Upstreams;

/// <summary>
/// A context whose results each follow the assistant's turn that made the call, as providers demand: a client may send a result after another message, and a stored
/// conversation may have lost the call. A result that comes after the user's next message is moved to the call; a result that comes after the assistant's next turn, or that has no
/// call, becomes a message of the user. Calls without an id, which the old form of functions makes, and calls with the id of
/// an earlier call get an id. Pure.
/// </summary>
internal static class PairedItems
{
    /// <summary>The context in the order that providers take; the same array where nothing is to be changed.</summary>
    public static ImmutableArray<Item> Of(ImmutableArray<Item> context)
    {
        if (!context.Any(static item => item is ToolResultItem or ToolCallItem { CallId: "" }))
        {
            return context;
        }

        var order = new Order();
        foreach (var item in context)
        {
            order.Add(item);
        }

        return order.IsChanged ? [.. order.Items] : context;
    }

    private sealed class Order
    {
        // Calls of the assistant's latest turn that have no result yet, with the ids that the client gave them.
        private readonly List<(string Given, ToolCallItem Call)> _pending = [];
        private readonly HashSet<string> _ids = new(StringComparer.Ordinal);

        // Where results of the latest turn still go, once another message has come; null while they go to the end.
        private int? _place;
        private bool _inTurn;
        private bool _hasOpaque;
        private int _made;

        public List<Item> Items { get; } = [];

        public bool IsChanged { get; private set; }

        public void Add(Item item)
        {
            switch (item)
            {
                case ToolResultItem result:
                    AddResult(result);
                    break;
                case ToolCallItem toolCall:
                    GoOn();
                    AddCall(toolCall);
                    break;
                case MessageItem { Role: MessageRole.Assistant } or ReasoningItem:
                    GoOn();
                    Items.Add(item);
                    break;
                case MessageItem:
                    _place ??= Items.Count;
                    _inTurn = false;
                    Items.Add(item);
                    break;
                default:
                    _hasOpaque |= item is OpaqueItem { Dialect: var dialect } && !DialectNames.AreMarks(dialect);
                    Items.Add(item);
                    break;
            }
        }

        private void AddCall(ToolCallItem toolCall)
        {
            var given = toolCall.CallId;
            if (given.Length == 0)
            {
                toolCall = toolCall with { CallId = $"call_{++_made}" };
                IsChanged = true;
            }

            // Some servers number the calls of each turn anew, and some providers demand that an id is used once.
            for (var again = 2; !_ids.Add(toolCall.CallId); again++)
            {
                toolCall = toolCall with { CallId = $"{(given.Length > 0 ? given : "call")}_{again}" };
                IsChanged = true;
            }

            _pending.Add((given, toolCall));
            Items.Add(toolCall);
        }

        private void AddResult(ToolResultItem result)
        {
            var index = _pending.FindIndex(pending =>
                result.CallId.Length > 0 ? pending.Given == result.CallId : pending.Call.Name == result.Name
            );
            if (index < 0 && _hasOpaque)
            {
                // The call may be in what only the provider understands, such as a compaction.
                Items.Add(result);
                return;
            }

            if (index < 0)
            {
                IsChanged = true;
                var told = FailedResult.Told(result).Parts;
                if (!told.IsDefaultOrEmpty)
                {
                    Add(new MessageItem(MessageRole.User, told, Id: result.Id));
                }

                return;
            }

            if (result.CallId != _pending[index].Call.CallId)
            {
                result = result with { CallId = _pending[index].Call.CallId };
                IsChanged = true;
            }

            _pending.RemoveAt(index);
            _inTurn = false;
            if (_place is not { } place)
            {
                Items.Add(result);
                return;
            }

            Items.Insert(place, result);
            _place = place + 1;
            IsChanged = true;
        }

        /// <summary>A message of the assistant: begins a new turn, unless the latest turn has not ended.</summary>
        private void GoOn()
        {
            if (!_inTurn)
            {
                _pending.Clear();
                _place = null;
                _inTurn = true;
            }
        }
    }
}
