using System.Text.Json;

namespace FlowGpt.ApiFrontend.Usage;

/// <summary>
/// The page of <c>GET /organization/usage/completions</c>, shaped as OpenAI's published API description has it: what is not grouped by is null.
/// </summary>
internal static class OrganizationUsageWriter
{
    public static void Write(Utf8JsonWriter json, UsagePage page)
    {
        json.WriteStartObject();
        json.WriteString("object", "page");
        json.WriteStartArray("data");
        foreach (var bucket in page.Buckets)
        {
            json.WriteStartObject();
            json.WriteString("object", "bucket");
            json.WriteNumber("start_time", bucket.Start.ToUnixTimeSeconds());
            json.WriteNumber("end_time", bucket.End.ToUnixTimeSeconds());
            json.WriteStartArray("results");
            foreach (var row in bucket.Rows)
            {
                json.WriteStartObject();
                json.WriteString("object", "organization.usage.completions.result");
                json.WriteNumber("input_tokens", row.Figures.PromptTokens);
                json.WriteNumber("output_tokens", row.Figures.CompletionTokens);
                json.WriteNumber("input_cached_tokens", row.Figures.CachedTokens);
                json.WriteNumber("input_audio_tokens", 0);
                json.WriteNumber("output_audio_tokens", 0);
                json.WriteNumber("num_model_requests", row.Figures.Requests);
                json.WriteNull("project_id");
                json.WriteNull("user_id");
                json.WriteString("api_key_id", row.ClientKeyId);
                json.WriteString("model", row.Model);
                json.WriteNull("batch");
                json.WriteNull("service_tier");
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteBoolean("has_more", page.Next is not null);
        json.WriteString("next_page", page.Next is { } next ? UsageCursor.ToText(next) : null);
        json.WriteEndObject();
    }
}
