namespace FlowGpt.Tests.Unit.Packaging;

/// <summary>A directive of an nginx configuration.</summary>
/// <param name="Name">The directive's name.</param>
/// <param name="Arguments">The directive's arguments, without quotes.</param>
/// <param name="Block">The directives in its braces.</param>
internal sealed record NginxDirective(string Name, IReadOnlyList<string> Arguments, IReadOnlyList<NginxDirective> Block)
{
    /// <summary>The arguments of the one directive of that name in the block; fails the test when there is none or several.</summary>
    public string Value(string name) => string.Join(' ', Assert.Single(Block, directive => directive.Name == name).Arguments);

    /// <summary>Directives of that name in the block.</summary>
    public IEnumerable<NginxDirective> All(string name) => Block.Where(directive => directive.Name == name);

    /// <summary>The block of that name and arguments.</summary>
    public NginxDirective Find(string name, string arguments = "") =>
        Assert.Single(Block, directive => directive.Name == name && string.Join(' ', directive.Arguments) == arguments);
}
