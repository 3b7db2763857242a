using System.Text;
using FlowGpt.Grains.Interfaces.Items;

namespace FlowGpt.Tests.Kit;

/// <summary>The text of a response's events.</summary>
internal static class EventText
{
    /// <summary>The text deltas of all messages, joined.</summary>
    public static string Text(this ResponseEvents events)
    {
        var text = new List<byte>();
        foreach (var one in events)
        {
            if (one.Kind == EventKind.TextDelta)
            {
                text.AddRange(one.Payload);
            }
        }

        return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString([.. text]);
    }
}
