namespace FlowGpt.Grains.Upstreams.Decorators;

/// <summary>What a client gets where a model was asked twice for a call or for JSON and gave none.</summary>
public enum UnreadableReply
{
    /// <summary>The model's text, without the tags of the protocol. JSON by a strict schema is an error even so.</summary>
    Text,

    /// <summary>An error: 502 before any text, else an error inside the stream.</summary>
    Error,
}

/// <summary>How tools and formats are given to models that know text alone.</summary>
public sealed class EmulationOptions
{
    /// <summary>Configuration section.</summary>
    public const string Section = "FlowGpt:Emulation";

    /// <summary>What a client gets where no call, or no JSON, could be read.</summary>
    /// <value><see cref="UnreadableReply.Text"/> by default.</value>
    public UnreadableReply Unreadable { get; set; } = UnreadableReply.Text;
}
