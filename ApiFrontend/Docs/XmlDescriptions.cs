using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace FlowGpt.ApiFrontend.Docs;

/// <summary>Describes the members of types by their XML comments, which the compiler puts beside the assemblies. Without the files nothing is described.</summary>
internal sealed partial class XmlDescriptions : IOpenApiSchemaTransformer
{
    private readonly Dictionary<Assembly, Dictionary<string, XElement>> _comments = [];

    public Task TransformAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        var type = context.JsonTypeInfo.Type;
        schema.Description ??= context.JsonPropertyInfo is { AttributeProvider: PropertyInfo property }
            ? OfProperty(property)
            : Text(Find(type)?.Element("summary"));
        if (type == typeof(TimeSpan))
        {
            (schema.Type, schema.Format, schema.Pattern) = (JsonSchemaType.Number, "seconds", null);
        }

        return Task.CompletedTask;
    }

    /// <summary>A property's own comment, or that of the record's parameter.</summary>
    private string? OfProperty(PropertyInfo property)
    {
        var type = property.DeclaringType!;
        var own = CommentsOf(type.Assembly).GetValueOrDefault($"P:{NameOf(type)}.{property.Name}")?.Element("summary");
        return Text(own ?? Find(type)?.Elements("param").FirstOrDefault(one => (string?)one.Attribute("name") == property.Name));
    }

    private XElement? Find(Type type) => CommentsOf(type.Assembly).GetValueOrDefault($"T:{NameOf(type)}");

    private Dictionary<string, XElement> CommentsOf(Assembly assembly)
    {
        if (_comments.TryGetValue(assembly, out var known))
        {
            return known;
        }

        var file = Path.Combine(AppContext.BaseDirectory, assembly.GetName().Name + ".xml");
        var isOurs = assembly.GetName().Name!.StartsWith("FlowGpt.", StringComparison.Ordinal);
        return _comments[assembly] =
            isOurs && File.Exists(file)
                ? XDocument
                    .Load(file)
                    .Descendants("member")
                    .DistinctBy(static member => (string)member.Attribute("name")!)
                    .ToDictionary(static member => (string)member.Attribute("name")!, StringComparer.Ordinal)
                : [];
    }

    private static string NameOf(Type type) => (type.FullName ?? type.Name).Replace('+', '.');

    /// <summary>A comment as Markdown in one line.</summary>
    private static string? Text(XElement? comment)
    {
        if (comment is null)
        {
            return null;
        }

        var text = new StringBuilder();
        foreach (var node in comment.Nodes())
        {
            text.Append(
                node switch
                {
                    XText plain => plain.Value,
                    XElement element when element.Attribute("cref") is { } reference => reference.Value[
                        (reference.Value.LastIndexOf('.') + 1)..
                    ],
                    XElement element when element.Attribute("name") is { } name => name.Value,
                    XElement element => $"`{element.Value}`",
                    _ => "",
                }
            );
        }

        return Spaces().Replace(text.ToString(), " ").Trim();
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
