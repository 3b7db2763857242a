using System.Buffers;
using FlowGpt.Grains.Interfaces.Items;

namespace FlowGpt.ApiFrontend.Dialects.OpenAiResponses;

/// <summary>The items of a response as far as they came, in the order of their starts.</summary>
internal sealed class OutputItems : IDisposable
{
    private readonly List<OutputItem> _items = [];

    /// <summary>All items, those that are not whole included.</summary>
    public IReadOnlyList<OutputItem> All => _items;

    /// <summary>Adds an item that starts.</summary>
    public OutputItem Start(in ResponseEvents.Event start, string responseId, ResponseShape shape)
    {
        var item = new OutputItem(start, _items.Count, responseId, shape);
        _items.Add(item);
        return item;
    }

    /// <summary>An item by its number in the log; null for items that the dialect does not show.</summary>
    public OutputItem? Find(int item)
    {
        for (var i = _items.Count - 1; i >= 0; i--)
        {
            if (_items[i].Item == item)
            {
                return _items[i];
            }
        }

        return null;
    }

    /// <summary>Whether no item has started after this one.</summary>
    public bool IsLast(OutputItem item) => item.OutputIndex == _items.Count - 1;

    /// <summary>Whether an event is an opaque item of another dialect, which is not shown.</summary>
    public static bool IsForeign(in ResponseEvents.Event entry) =>
        entry.Kind == EventKind.OpaqueItem && OpaqueEvent.Read(entry.Payload).Dialect != DialectNames.OpenAiResponses;

    /// <summary>Writes the list of items. Calls and reasoning that are not whole are left out: a client would take them for whole.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="isComplete">Whether the response is; if not, a message is incomplete that has not ended or that no item follows.</param>
    public void Write(IBufferWriter<byte> output, bool isComplete)
    {
        output.Write("["u8);
        var isFirst = true;
        foreach (var item in _items)
        {
            if (!item.HasEnded && item.Kind != OutputKind.Message)
            {
                continue;
            }

            output.Write(isFirst ? ""u8 : ","u8);
            isFirst = false;
            var isCut = !isComplete && item.Kind == OutputKind.Message && (!item.HasEnded || IsLast(item));
            item.Write(output, isCut ? "incomplete"u8 : "completed"u8);
        }

        output.Write("]"u8);
    }

    public void Dispose()
    {
        foreach (var item in _items)
        {
            item.Dispose();
        }

        _items.Clear();
    }
}
