using System.Security.Cryptography;
using FlowGpt.ApiFrontend.Configuration;
using FlowGpt.Silo.Storage;

namespace FlowGpt.Silo.Hosting;

/// <summary>The two keys without which nothing is served. A generated key names its file, so that its owner can look it up.</summary>
/// <param name="Master">For clients.</param>
/// <param name="Admin">For operators.</param>
/// <param name="MasterFile">Where the client key was generated into; null when the operator chose it.</param>
/// <param name="AdminFile">Where the admin key was generated into; null when the operator chose it.</param>
internal sealed record ProductKeys(string Master, string Admin, string? MasterFile, string? AdminFile)
{
    private const string MasterKey = "FlowGpt:Frontend:MasterKey";
    private const string AdminKey = "FlowGpt:Frontend:AdminKey";
    private const int RandomBytes = 24;

    /// <summary>Stand-ins for keys that are not there yet, to check a configuration with.</summary>
    public static IReadOnlyDictionary<string, string?> Placeholders { get; } =
        new Dictionary<string, string?> { [MasterKey] = "a-key-that-will-be-made", [AdminKey] = "another-that-will-be-made" };

    /// <summary>Takes the keys from the configuration; generates and keeps those that are not there.</summary>
    /// <exception cref="StartupException">Both are the same.</exception>
    public static ProductKeys FromConfigurationOrFile(IConfigurationManager configuration, DataDirectory data)
    {
        var (master, masterFile) = Ensure(configuration[MasterKey], data, "api-key");
        var (admin, adminFile) = Ensure(configuration[AdminKey], data, "admin-key");
        return Use(configuration, new ProductKeys(master, admin, masterFile, adminFile));
    }

    /// <summary>Takes the keys from the configuration, for processes that must have the same keys and so cannot generate them.</summary>
    /// <exception cref="StartupException">A key is missing, or both are the same.</exception>
    public static ProductKeys FromConfiguration(IConfigurationManager configuration)
    {
        var problems = new List<string>();
        var master = Require(configuration[MasterKey], "API_MASTER_KEY", problems);
        var admin = Require(configuration[AdminKey], "ADMIN_API_KEY", problems);
        return problems.Count > 0 ? throw new StartupException(problems) : Use(configuration, new ProductKeys(master, admin, null, null));
    }

    /// <summary>Never the keys.</summary>
    public override string ToString() => "ProductKeys (redacted)";

    private static ProductKeys Use(IConfigurationManager configuration, ProductKeys keys)
    {
        if (keys.Master == keys.Admin)
        {
            throw new StartupException(
                "ADMIN_API_KEY: is the same as API_MASTER_KEY, so every client could administer the gateway. Give another one."
            );
        }

        configuration.AddInMemoryCollection([new(MasterKey, keys.Master), new(AdminKey, keys.Admin)]);
        return keys;
    }

    private static (string Key, string? File) Ensure(string? configured, DataDirectory data, string name)
    {
        if (!string.IsNullOrWhiteSpace(configured))
        {
            return (configured, null);
        }

        var path = Path.Combine(data.Path, name);
        if (data.ReadText(name) is { Length: > 0 } kept)
        {
            return (kept, path);
        }

        var made = $"sk-fgc-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(RandomBytes))}";
        return (made, data.WriteSecret(name, made));
    }

    private static string Require(string? configured, string name, List<string> problems)
    {
        if (!string.IsNullOrWhiteSpace(configured))
        {
            return configured;
        }

        problems.Add(
            $"{name}: is not set. In cluster mode every process must be given the same key; make one with: "
                + "echo sk-fgc-$(openssl rand -hex 32)"
        );
        return "";
    }
}
