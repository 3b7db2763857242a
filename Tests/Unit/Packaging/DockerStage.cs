namespace FlowGpt.Tests.Unit.Packaging;

/// <summary>A stage of a Dockerfile.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Image">The image or the stage that it starts from.</param>
/// <param name="Base">The stage that it starts from, if it is one.</param>
internal sealed record DockerStage(string Name, string Image, DockerStage? Base)
{
    /// <summary>Its own instructions.</summary>
    public List<(string Keyword, string Arguments)> Instructions { get; } = [];

    /// <summary>The image below all stages.</summary>
    public string RootImage => Base?.RootImage ?? Image;

    /// <summary>The instruction's arguments where it stands last, here or in the stages below; fails the test when it stands nowhere.</summary>
    public string Last(string keyword)
    {
        var own = Instructions.FindLast(one => one.Keyword == keyword).Arguments;
        Assert.True(own is not null || Base is not null, $"{Name} has no {keyword}.");
        return own ?? Base!.Last(keyword);
    }
}
