using FlowGpt.ApiFrontend.Configuration;
using FlowGpt.Silo.Storage;
using FlowGpt.Tests.Cluster.Storage;

namespace FlowGpt.Tests.Unit.Storage;

public sealed class DataDirectoryTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Open_Missing_CreatesItForItsOwnerOnly()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "File modes are Unix's.");
        using var data = DataDirectory.Open(_directory.File("a/b"));

        Assert.Equal("rwx------", Mode(data.Path));
    }

    [Fact]
    public void Open_AlreadyHeld_SaysWhoHoldsIt()
    {
        using var held = DataDirectory.Open(_directory.Path);

        var exception = Assert.Throws<StartupException>(() => DataDirectory.Open(_directory.Path));

        Assert.Contains("DATA_DIRECTORY", exception.Message, StringComparison.Ordinal);
        Assert.Contains($"process {Environment.ProcessId}", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_AfterItWasReleased_Succeeds()
    {
        DataDirectory.Open(_directory.Path).Dispose();

        DataDirectory.Open(_directory.Path).Dispose();
    }

    [Fact]
    public void Open_PathIsAFile_SaysWhatToDo()
    {
        File.WriteAllText(_directory.File("file"), "");

        var exception = Assert.Throws<StartupException>(() => DataDirectory.Open(_directory.File("file")));

        Assert.Contains("Give a directory", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void WriteSecret_Any_IsReadableByItsOwnerOnlyAndHasNoByteOrderMark()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "File modes are Unix's.");
        using var data = DataDirectory.Open(_directory.Path);

        var path = data.WriteSecret("key", "secret");

        Assert.Equal("rw-------", Mode(path));
        Assert.Equal("secret\n"u8.ToArray(), File.ReadAllBytes(path));
        Assert.Equal("secret", data.ReadText("key"));
        Assert.Null(data.ReadText("other"));
    }

    private static string Mode(string path)
    {
#pragma warning disable CA1416 // The callers skip on Windows.
        var mode = (int)File.GetUnixFileMode(path);
#pragma warning restore CA1416
        return string.Concat("rwxrwxrwx".Select((c, i) => (mode & (1 << (8 - i))) != 0 ? c : '-'));
    }
}
