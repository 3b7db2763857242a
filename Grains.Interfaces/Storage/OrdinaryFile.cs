using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace FlowGpt.Grains.Interfaces.Storage;

/// <summary>
/// Reads files that an operator names. A directory, a pipe or a device under such a name, or a file without an end, is an <see cref="IOException"/> that says so; to open a
/// pipe would wait until somebody writes to it.
/// </summary>
public static class OrdinaryFile
{
    /// <summary>The most bytes of a certificate, a key or another small file.</summary>
    public const int Small = 1024 * 1024;

    private const int Block = 64 * 1024;

    /// <summary>The file's content.</summary>
    /// <exception cref="IOException">It is no ordinary file, is longer than <paramref name="most"/> bytes, or cannot be read.</exception>
    public static byte[] ReadAllBytes(string path, int most)
    {
        using var content = new MemoryStream();
        Read(path, most, content.Write);
        return content.ToArray();
    }

    /// <summary>The file's text.</summary>
    /// <exception cref="IOException">It is no ordinary file, is longer than <paramref name="most"/> bytes, or cannot be read.</exception>
    public static string ReadAllText(string path, int most = Small)
    {
        using var reader = new StreamReader(new MemoryStream(ReadAllBytes(path, most)), Encoding.UTF8);
        return reader.ReadToEnd();
    }

    /// <summary>The SHA-256 of the file's content, which is not kept in memory.</summary>
    /// <exception cref="IOException">It is no ordinary file, is longer than <paramref name="most"/> bytes, or cannot be read.</exception>
    public static byte[] Hash(string path, int most)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Read(path, most, hash.AppendData);
        return hash.GetHashAndReset();
    }

    private static void Read(string path, int most, BlockReader take)
    {
        RefuseOthers(path);
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1);
        // Devices say that they are empty, as do files that a kernel makes up.
        var limit = file.Length == 0 ? Math.Min(most, Small) : most;
        var block = new byte[(int)Math.Clamp(file.Length, 1, Block)];
        var total = 0L;
        for (int read; (read = file.Read(block)) > 0; )
        {
            total += read;
            if (total > limit)
            {
                throw new IOException(
                    file.Length == 0 ? "It has no end. Name an ordinary file." : $"It is longer than {most} bytes, the most that is read."
                );
            }

            take(block.AsSpan(0, read));
        }
    }

    private static void RefuseOthers(string path)
    {
        if (Directory.Exists(path))
        {
            throw new IOException("It is a directory. Name a file.");
        }

        if (!OperatingSystem.IsWindows() && IsPipe(path))
        {
            throw new IOException("It is a pipe or a device. Name an ordinary file.");
        }
    }

    /// <summary>Whether it is something without positions. What cannot be opened is left to the caller's own attempt, which says why.</summary>
    private static bool IsPipe(string path)
    {
        // O_RDONLY with O_NONBLOCK: a pipe without a writer opens at once.
        var file = Open(Encoding.UTF8.GetBytes(path + '\0'), OperatingSystem.IsMacOS() ? 0x4 : 0x800);
        if (file < 0)
        {
            return false;
        }

        using var handle = new SafeFileHandle(file, ownsHandle: true);
        using var stream = new FileStream(handle, FileAccess.Read, bufferSize: 1);
        return !stream.CanSeek;
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Open(byte[] path, int flags);

    private delegate void BlockReader(ReadOnlySpan<byte> block);
}
