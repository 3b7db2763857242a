using System.Text.Json;
using System.Text.Json.Serialization;

namespace FlowGpt.Cli.Connections;

/// <summary>What <c>flowgpt login</c> stores.</summary>
/// <param name="Url">The gateway's address.</param>
/// <param name="AdminKey">The admin key; null when none was given.</param>
/// <param name="ClientKey">A client's key, for chat; null when none was given.</param>
internal sealed record Profile(string Url, string? AdminKey, string? ClientKey)
{
    /// <summary>Reads the file; null when there is none.</summary>
    /// <exception cref="UsageException">The file cannot be read.</exception>
    public static Profile? Load(string file)
    {
        try
        {
            return File.Exists(file) ? JsonSerializer.Deserialize(File.ReadAllBytes(file), ProfileJson.Default.Profile) : null;
        }
        catch (Exception problem) when (problem is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"The file {file} cannot be read. Remove it and run 'flowgpt login' again.");
        }
    }

    /// <summary>Writes the file, which only its owner may read.</summary>
    public void Save(string file)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using var stream = new FileStream(file, options);
        JsonSerializer.Serialize(stream, this, ProfileJson.Default.Profile);
        if (!OperatingSystem.IsWindows())
        {
            // The mode above has an effect only for a new file.
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }

    /// <summary>No keys.</summary>
    public override string ToString() => Url;
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(Profile))]
internal sealed partial class ProfileJson : JsonSerializerContext;
