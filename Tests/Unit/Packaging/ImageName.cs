using System.Text.RegularExpressions;

namespace FlowGpt.Tests.Unit.Packaging;

/// <summary>The rule for images: a tag that names a version, so that a build of next year is the build of today.</summary>
internal static partial class ImageName
{
    /// <summary>Whether the tag has at least major and minor version.</summary>
    public static bool IsPinned(string image) => Pinned().IsMatch(image);

    [GeneratedRegex(@"^[a-z0-9][a-z0-9./_-]*:v?[0-9]+\.[0-9]+[A-Za-z0-9._-]*(@sha256:[0-9a-f]{64})?$")]
    private static partial Regex Pinned();
}
