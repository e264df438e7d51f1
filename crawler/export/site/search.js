new PagefindUI({ element: "#search", showImages: false, showSubResults: false, resetStyles: false });
