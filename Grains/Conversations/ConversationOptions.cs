using System.ComponentModel.DataAnnotations;
using FlowGpt.Grains.Retention;

namespace FlowGpt.Grains.Conversations;

/// <summary>How stored conversations are kept.</summary>
public sealed class ConversationOptions
{
    /// <summary>Configuration section; the options of turns are in the same.</summary>
    public const string Section = "FlowGpt:Conversations";

    /// <summary>Most bytes of text, arguments, images and files that a stored conversation keeps; beyond it the oldest turns go. Bounds its memory.</summary>
    /// <value>4,194,304 by default. 4,096 to 268,435,456.</value>
    [Range(4096, 268_435_456)]
    public long MaxStoredBytes { get; set; } = 4_194_304;

    /// <summary>
    /// How often stored conversations are searched that have a turn without an end, or usage that is not booked, since their silo died. Shorter books it sooner; each look
    /// asks the conversations of the last interval.
    /// </summary>
    /// <value>15 s by default. 1 s to 10 minutes.</value>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan SweepInterval { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a stored conversation is kept after its last turn. After that a conversation begins again, without its old turns.</summary>
    /// <value>30 days by default. 1 to 3650 days; 0 keeps conversations for ever.</value>
    [RetentionTime]
    public TimeSpan Retention { get; set; } = TimeSpan.FromDays(30);
}
