using FlowGpt.ApiFrontend.Configuration;
using FlowGpt.Grains.Interfaces.Storage;

namespace FlowGpt.Silo.Storage;

/// <summary>
/// The directory with everything one embedded process keeps: <c>flowgpt.db</c>, the generated keys and backups. Only its owner
/// may read it (mode 0700), and one process at a time holds it: the lock is the operating system's, so it ends with the process
/// however that ends.
/// </summary>
internal sealed class DataDirectory : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly FileStream _lock;

    private DataDirectory(string path, FileStream @lock)
    {
        Path = path;
        _lock = @lock;
    }

    /// <summary>Full path of the directory.</summary>
    public string Path { get; }

    /// <summary>Full path of the data file.</summary>
    public string DatabasePath => System.IO.Path.Combine(Path, "flowgpt.db");

    /// <summary>Creates the directory if it is missing and takes it for this process.</summary>
    /// <exception cref="StartupException">It cannot be created or written, or another process holds it.</exception>
    public static DataDirectory Open(string path)
    {
        var full = System.IO.Path.GetFullPath(path);
        try
        {
            CreatePrivate(full);
            return new DataDirectory(full, TakeLock(System.IO.Path.Combine(full, "lock")));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StartupException(
                $"DATA_DIRECTORY = {full}: cannot be used ({exception.Message}). Give a directory that this user may create and write.",
                exception
            );
        }
    }

    /// <summary>Creates a directory, if it is missing, that only its owner may enter.</summary>
    public static void CreatePrivate(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
            return;
        }

        Directory.CreateDirectory(path, OwnerOnly);
        File.SetUnixFileMode(path, OwnerOnly);
    }

    /// <summary>Reads a small text file of the directory; null if there is none.</summary>
    public string? ReadText(string name)
    {
        var path = System.IO.Path.Combine(Path, name);
        return File.Exists(path) ? OrdinaryFile.ReadAllText(path).Trim() : null;
    }

    /// <summary>Writes a small text file that only its owner may read, whole or not at all.</summary>
    public string WriteSecret(string name, string text)
    {
        var path = System.IO.Path.Combine(Path, name);
        var temporary = path + ".new";
        var options = new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            Share = FileShare.None,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        File.Delete(temporary);
        using (var writer = new StreamWriter(temporary, new System.Text.UTF8Encoding(false), options))
        {
            writer.WriteLine(text);
            writer.Flush();
            ((FileStream)writer.BaseStream).Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
        return path;
    }

    public void Dispose() => _lock.Dispose();

    private static FileStream TakeLock(string path)
    {
        FileStream taken;
        try
        {
            taken = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException exception) when (File.Exists(path))
        {
            var directory = System.IO.Path.GetDirectoryName(path);
            throw new StartupException(
                $"DATA_DIRECTORY = {directory}: {OwnerOf(path)} already uses it. Stop that process, or give this one another directory.",
                exception
            );
        }

        File.WriteAllText(OwnerFile(path), $"{Environment.ProcessId}\n");
        return taken;
    }

    // A separate file: the locked file cannot be read.
    private static string OwnerFile(string path) => path + ".pid";

    private static string OwnerOf(string path)
    {
        try
        {
            return int.TryParse(File.ReadAllText(OwnerFile(path)), out var id) ? $"process {id}" : "another process";
        }
        catch (IOException)
        {
            return "another process";
        }
    }
}
