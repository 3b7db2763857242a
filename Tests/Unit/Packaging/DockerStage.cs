namespace FlowGpt.Tests.Unit.Packaging;

/// <summary>A stage of a Dockerfile.</summary>
/// <param name="Name">The stage's name.</param>
/// <param name="Image">The image or the stage from which this stage starts.</param>
/// <param name="Base">The stage from which this stage starts; null when that is an image.</param>
internal sealed record DockerStage(string Name, string Image, DockerStage? Base)
{
    /// <summary>The instructions of this stage alone.</summary>
    public List<(string Keyword, string Arguments)> Instructions { get; } = [];

    /// <summary>The image below all stages.</summary>
    public string RootImage => Base?.RootImage ?? Image;

    /// <summary>The arguments of the instruction's last occurrence, here or in the stages below; fails the test when there is none.</summary>
    public string Last(string keyword)
    {
        var own = Instructions.FindLast(one => one.Keyword == keyword).Arguments;
        Assert.True(own is not null || Base is not null, $"{Name} has no {keyword}.");
        return own ?? Base!.Last(keyword);
    }
}
