using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace FlowGpt.Silo.Storage;

/// <summary>How grain state is written as JSON. Must not change: what is stored must stay readable.</summary>
internal static class StorageJson
{
    /// <summary>
    /// Readers ignore what they do not know and take defaults for what is missing, so a field can be added. Text stays UTF-8 rather than
    /// escapes; the records are read by this program only.
    /// </summary>
    public static void Configure(JsonSerializerOptions options)
    {
        options.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        options.TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { LeaveOutWhatIsNotState } };
    }

    private static void LeaveOutWhatIsNotState(JsonTypeInfo type)
    {
        foreach (var property in type.Properties)
        {
            if (property.Set is null && property.AssociatedParameter is null)
            {
                // Computed from the others.
                property.ShouldSerialize = static (_, _) => false;
            }
            else if (IsImmutableArray(property.PropertyType))
            {
                // The default array cannot be written; left out, it is read back as what it was.
                var none = Activator.CreateInstance(property.PropertyType);
                property.ShouldSerialize = (_, value) => !Equals(value, none);
            }
        }
    }

    private static bool IsImmutableArray(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ImmutableArray<>);
}
