using System.Collections.Immutable;
using Microsoft.OpenApi;

namespace FlowGpt.ApiFrontend.Docs;

/// <summary>A parameter of a route.</summary>
/// <param name="Name">Its name.</param>
/// <param name="In">Where it stands.</param>
/// <param name="Description">What it does; null when the name says all.</param>
/// <param name="Schema">Its JSON schema.</param>
/// <param name="IsRequired">Whether it may not be left out.</param>
internal sealed record RouteParameter(string Name, ParameterLocation In, string? Description, string Schema, bool IsRequired);

/// <summary>A request's body, as JSON.</summary>
/// <param name="Schema">The name of its component.</param>
/// <param name="Example">JSON; null for none.</param>
/// <param name="IsRequired">Whether it may not be left out.</param>
internal sealed record RouteBody(string Schema, string? Example, bool IsRequired);

/// <summary>A header of an answer.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Schema">Its JSON schema.</param>
/// <param name="Description">What it says; null when the name says all.</param>
internal sealed record RouteHeader(string Name, string Schema, string? Description = null);

/// <summary>One answer of a route.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Description">When it comes.</param>
internal sealed record RouteAnswer(int Status, string Description)
{
    /// <summary>The type that is written as JSON; null when the body is written by hand.</summary>
    public Type? Type { get; init; }

    /// <summary>Media types and the names of their components; a name that is null stands for text, and for an error in <see cref="IsError"/>.</summary>
    public required ImmutableArray<(string MediaType, string? Schema)> Contents { get; init; }

    /// <summary>Further headers.</summary>
    public ImmutableArray<RouteHeader> Headers { get; init; } = [];

    /// <summary>Whether the body is the error of the route's dialect.</summary>
    public bool IsError { get; init; }
}
