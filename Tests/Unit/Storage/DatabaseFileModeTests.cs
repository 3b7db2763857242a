using System.Runtime.Versioning;
using FlowGpt.Silo.Storage;
using FlowGpt.Tests.Cluster.Storage;

namespace FlowGpt.Tests.Unit.Storage;

public sealed class DatabaseFileModeTests
{
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public void Prepare_NewAndOldFiles_AreTheirOwnersOnly()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no file modes.");
        using var directory = new TemporaryDirectory();
        var path = directory.File("flowgpt.db");

        DatabaseFile.Prepare(path, Migration.All, TimeProvider.System);
        Assert.Equal(Owner, File.GetUnixFileMode(path));

        File.SetUnixFileMode(path, Owner | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        DatabaseFile.Prepare(path, Migration.All, TimeProvider.System);
        Assert.Equal(Owner, File.GetUnixFileMode(path));
    }
}
