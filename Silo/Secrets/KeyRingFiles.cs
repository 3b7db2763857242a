using System.Xml.Linq;
using FlowGpt.Silo.Storage;
using Microsoft.AspNetCore.DataProtection.Repositories;

namespace FlowGpt.Silo.Secrets;

/// <summary>The key ring as files of the data directory, one a key, readable by their owner only and written whole or not at all.</summary>
internal sealed class KeyRingFiles(DataDirectory data) : IXmlRepository
{
    /// <summary>The folder within the data directory.</summary>
    public const string Folder = "secret-keys";

    public IReadOnlyCollection<XElement> GetAllElements() =>
        Directory.Exists(Place)
            ? [.. Directory.EnumerateFiles(Place, "*.xml").Order(StringComparer.Ordinal).Select(file => XElement.Load(file))]
            : [];

    public void StoreElement(XElement element, string friendlyName)
    {
        DataDirectory.CreatePrivate(Place);
        data.WriteSecret(Path.Combine(Folder, friendlyName + ".xml"), element.ToString());
    }

    private string Place => Path.Combine(data.Path, Folder);
}
