using System.Text.Json;

namespace FlowGpt.Tests.Unit.Upstreams.FlowGpt;

/// <summary>A request as the backend saw it.</summary>
public sealed record SeenRequest(string Path, IReadOnlyDictionary<string, string> Headers, JsonElement Body, CancellationToken Aborted);
