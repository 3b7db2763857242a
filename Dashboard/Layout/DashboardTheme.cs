using MudBlazor;

namespace FlowGpt.Dashboard.Layout;

/// <summary>Colours and type. Text has a contrast of at least 4.5 to 1 to every background, in both palettes.</summary>
internal static class DashboardTheme
{
    private static readonly string[] Family =
    [
        "system-ui",
        "Segoe UI",
        "Roboto",
        "Noto Sans",
        "Noto Sans SC",
        "PingFang SC",
        "Microsoft YaHei",
        "sans-serif",
    ];

    public static MudTheme Theme { get; } =
        new()
        {
            PaletteLight = new PaletteLight
            {
                Primary = "#0b5cad",
                PrimaryContrastText = "#ffffff",
                Background = "#f4f6f9",
                Surface = "#ffffff",
                AppbarBackground = "#14283f",
                AppbarText = "#ffffff",
                DrawerBackground = "#ffffff",
                DrawerText = "#1b2430",
                DrawerIcon = "#4f5b6b",
                TextPrimary = "#1b2430",
                TextSecondary = "#4f5b6b",
                ActionDefault = "#4f5b6b",
                Success = "#1a7f37",
                Warning = "#8a5a00",
                Error = "#b3261e",
                Info = "#0b5cad",
                LinesDefault = "#d5dce5",
                Divider = "#d5dce5",
            },
            PaletteDark = new PaletteDark
            {
                Primary = "#7db7ff",
                PrimaryContrastText = "#0c1622",
                Background = "#10151c",
                Surface = "#1a212b",
                AppbarBackground = "#0b1017",
                AppbarText = "#e8eef5",
                DrawerBackground = "#151b24",
                DrawerText = "#e8eef5",
                DrawerIcon = "#a9b6c6",
                TextPrimary = "#e8eef5",
                TextSecondary = "#a9b6c6",
                ActionDefault = "#a9b6c6",
                Success = "#56c271",
                SuccessContrastText = "#0c1622",
                Warning = "#e3ad3c",
                WarningContrastText = "#0c1622",
                Error = "#ff8a80",
                ErrorContrastText = "#0c1622",
                Info = "#7db7ff",
                InfoContrastText = "#0c1622",
                LinesDefault = "#2f3a48",
                Divider = "#2f3a48",
            },
            Typography = new Typography
            {
                Default = new DefaultTypography { FontFamily = Family },
                Button = new ButtonTypography { FontFamily = Family, TextTransform = "none" },
            },
            LayoutProperties = new LayoutProperties { DrawerWidthLeft = "208px", AppbarHeight = "56px" },
        };
}
