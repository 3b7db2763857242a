namespace FlowGpt.Tests.Process.Telemetry;

/// <summary>A span as a collector received it.</summary>
/// <param name="Service">The resource's <c>service.name</c>.</param>
/// <param name="Source">The activity source.</param>
/// <param name="TraceId">32 hex digits.</param>
/// <param name="Id">16 hex digits.</param>
/// <param name="ParentId">16 hex digits, or empty for a root.</param>
/// <param name="Name">The span's name.</param>
/// <param name="Kind">1 internal, 2 server, 3 client.</param>
/// <param name="Attributes">The span's attributes, values as text.</param>
/// <param name="Events">The names of the span's events.</param>
/// <param name="IsError">Whether the span's status is error.</param>
/// <param name="Duration">The time from the span's start to its end.</param>
internal sealed record ExportedSpan(
    string Service,
    string Source,
    string TraceId,
    string Id,
    string ParentId,
    string Name,
    int Kind,
    IReadOnlyDictionary<string, string> Attributes,
    IReadOnlyList<string> Events,
    bool IsError,
    TimeSpan Duration
)
{
    /// <summary>An attribute's value; null if it has none.</summary>
    public string? this[string attribute] => Attributes.GetValueOrDefault(attribute);
}
